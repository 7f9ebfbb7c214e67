import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { createInstallation, type InstallationOptions } from '#cli/simulation/installation.ts';
import { createWorld, type WorldOptions } from '#cli/simulation/world.ts';
import { clusterTagOf, TAGS } from '#core/apis/v1alpha1/names.ts';
import type { NodeEniStatus, nodeEniSpecSchema } from '#core/apis/v1alpha1/node-eni.ts';
import type { NodeEniState } from '#core/apis/v1alpha1/node-eni-state.ts';
import { NODE_ENI_STATES, NODE_ENIS } from '#providers/kubernetes/resources.ts';
import { recordingTelemetry } from './telemetry.ts';

const CLUSTER_NAME = 'prod';
export const LABELS = { ng: 'multi-eni' };

export interface ScenarioOptions extends WorldOptions {
  readonly installation?: Partial<Omit<InstallationOptions, 'world' | 'clusterName' | 'telemetry'>>;
}

/** A cluster on the simulator: one VPC, a subnet for nodes and one for interfaces in each of two zones. */
export const createScenario = (options: ScenarioOptions = {}) => {
  const world = createWorld(options);
  const { ec2, kubernetes, clock } = world;
  const vpcId = ec2.fleet.createVpc();
  const subnets = {
    nodesA: ec2.fleet.createSubnet({ vpcId, zone: 'us-east-1a', cidr: '10.0.0.0/24' }),
    nodesB: ec2.fleet.createSubnet({ vpcId, zone: 'us-east-1b', cidr: '10.0.1.0/24' }),
    a: ec2.fleet.createSubnet({ vpcId, zone: 'us-east-1a', cidr: '10.1.0.0/24', name: 'lan-a' }),
    a2: ec2.fleet.createSubnet({ vpcId, zone: 'us-east-1a', cidr: '10.2.0.0/24', name: 'wan-a' }),
    b: ec2.fleet.createSubnet({ vpcId, zone: 'us-east-1b', cidr: '10.1.1.0/24', name: 'lan-b' }),
  };
  const groups = {
    one: ec2.fleet.createSecurityGroup({ vpcId, name: 'multus' }),
    two: ec2.fleet.createSecurityGroup({ vpcId, name: 'multus-2' }),
  };
  const { telemetry, lines, counters } = recordingTelemetry();
  const installation = createInstallation({
    world,
    clusterName: CLUSTER_NAME,
    telemetry,
    ...options.installation,
  });

  const register = (
    instanceId: string,
    labels: Readonly<Record<string, string>> = LABELS,
    bootID?: string,
  ) => {
    const instance = ec2.fleet.instance(instanceId);
    const name = instance?.privateDnsName ?? '';
    const providerID = `aws:///us-east-1a/${instanceId}`;
    const node = { name, providerID, labels, ...(bootID !== undefined && { bootID }) };
    return kubernetes.registerNode(node).then(() => name);
  };

  const scenario = {
    ...world,
    vpcId,
    subnets,
    groups,
    installation,
    lines,
    counters,

    /** An instance of the cluster and its Node. */
    async addNode({
      subnetId = subnets.nodesA,
      labels = LABELS as Readonly<Record<string, string>>,
      instanceType = 'm5.4xlarge',
      tags = {} as Readonly<Record<string, string>>,
    } = {}): Promise<{ readonly instanceId: string; readonly name: string }> {
      const clusterTags = { [clusterTagOf(CLUSTER_NAME)]: 'owned', ...tags };
      const { instanceId } = ec2.fleet.runInstance({ subnetId, instanceType, tags: clusterTags });
      return { instanceId, name: await register(instanceId, labels) };
    },

    register,

    applyNodeEni: (name: string, spec: Partial<z.input<typeof nodeEniSpecSchema>>) =>
      kubernetes.apply({
        apiVersion: 'networking.k8s.aws/v1alpha1',
        kind: 'NodeENI',
        metadata: { name },
        spec: { nodeSelector: LABELS, securityGroupIDs: [groups.one], deviceIndex: 2, ...spec },
      }),

    /** A NodeENI of the user documents, as it stands there but for the ids. */
    applySeed: (file: string, replacements: Readonly<Record<string, string>>) => {
      const text = readFileSync(
        new URL(`../fixtures/seed-manifests/${file}`, import.meta.url),
        'utf8',
      );
      const replaced = Object.entries(replacements).reduce(
        (manifest, [from, to]) => manifest.replaceAll(from, to),
        text,
      );
      return kubernetes.apply(replaced);
    },

    deleteNodeEni: (name: string) => kubernetes.delete(NODE_ENIS, name),

    status: async (name: string): Promise<NodeEniStatus> =>
      ((await kubernetes.get(NODE_ENIS, name)).status ?? {}) as NodeEniStatus,

    ready: async (name: string) =>
      (await scenario.status(name)).conditions?.find(({ type }) => type === 'Ready'),

    nodeEnis: async () =>
      (await kubernetes.list(NODE_ENIS)).items.map(({ metadata }) => metadata.name),

    states: async (): Promise<readonly NodeEniState[]> =>
      (await kubernetes.list(NODE_ENI_STATES)).items as unknown as NodeEniState[],

    /** ENIs with our cluster tag. */
    ours: () => ec2.interfaces().filter(({ tags }) => tags.get(TAGS.cluster) === CLUSTER_NAME),

    oursOn: (instanceId: string) =>
      scenario.ours().filter(({ attachment }) => attachment?.instanceId === instanceId),

    /** Lets virtual time pass. */
    pass: (seconds: number) => clock.advanceBy(seconds * 1000),

    /** Changing calls so far, by action. */
    mutating: () => ec2.wire.log.mutating.map(({ action }) => action),
  };
  return scenario;
};

export type Scenario = ReturnType<typeof createScenario>;
