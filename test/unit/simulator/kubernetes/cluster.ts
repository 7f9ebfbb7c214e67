import type { KubernetesObject } from '#providers/kubernetes/kubernetes-api.ts';
import {
  SimulatedKubernetes,
  type SimulatedKubernetesOptions,
} from '#simulator/kubernetes/simulated-kubernetes.ts';
import { VirtualClock } from '#simulator/virtual-clock.ts';

export const setUp = (options: Partial<SimulatedKubernetesOptions> = {}) => {
  const clock = new VirtualClock(new Date('2026-01-01T00:00:00.000Z'));
  return { clock, kubernetes: new SimulatedKubernetes({ clock, ...options }) };
};

export const nodeEni = (name: string, spec: object = {}): KubernetesObject => ({
  apiVersion: 'networking.k8s.aws/v1alpha1',
  kind: 'NodeENI',
  metadata: { name },
  spec: { nodeSelector: { ng: 'multi-eni' }, subnetID: 'subnet-1', ...spec },
});

/** A merge patch of the spec. */
export const specPatch = (body: object) => ({ type: 'merge', body: { spec: body } }) as const;

export const nodeEniManifest = (name: string, mtu?: number): string => `
apiVersion: networking.k8s.aws/v1alpha1
kind: NodeENI
metadata: { name: ${name} }
spec:
  nodeSelector: { ng: multi-eni }
  subnetID: subnet-1
${mtu === undefined ? '' : `  mtu: ${mtu}\n`}`;
