import type { NodeEniSpec } from '#core/apis/v1alpha1/node-eni.ts';
import { insist } from '../insist.ts';
import { LABELS } from '../labels.ts';
import type { Stage } from '../stage.ts';

/** Applies a NodeENI beside those of the history, or changes it. */
export const applyBeside = (
  name: string,
  spec: Partial<NodeEniSpec>,
  { kubernetes, clock, subnets }: Stage,
): Promise<void> =>
  insist(clock, () =>
    kubernetes.apply({
      apiVersion: 'networking.k8s.aws/v1alpha1',
      kind: 'NodeENI',
      metadata: { name },
      spec: { nodeSelector: LABELS, subnetID: subnets.a, deviceIndex: 2, ...spec },
    }),
  );
