import { clusterTagOf, NODE_TEMPLATE_LABEL_PREFIX } from '#core/apis/v1alpha1/names.ts';
import type { Telemetry } from '#operator/telemetry.ts';
import { createInstallation } from '../simulation/installation.ts';
import { silentTelemetry } from '../simulation/silent-telemetry.ts';
import { createWorld } from '../simulation/world.ts';
import type { Spent } from './cost.ts';
import { createMeter } from './meter.ts';
import type { FleetOptions } from './options.ts';

const CLUSTER_NAME = 'simulated';
const ZONE = 'us-east-1a';
const LABELS = { ng: 'multi-eni' };
export const GROUP_NAME = 'workers';
export const NODE_ENI_NAME = 'data';

/** Part of AWS's bucket that a burst may use; the deployment's default. */
export const BURST_SHARE = 0.8;

/** What the simulated services take; about what EC2 takes. */
export const TIMES = { ec2CallSeconds: 0.1, attachSeconds: 1.5, bootSeconds: 30 };

/** Longest that Auto Scaling allows, so that the run shows what is needed and is not cut off by it. */
const launchHook = {
  name: 'nodeeni-launch',
  transition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
  heartbeatTimeoutSeconds: 7200,
  defaultResult: 'ABANDON',
  notificationMetadata: JSON.stringify({ cluster: CLUSTER_NAME, deadlineSeconds: 172_800 }),
} as const;

/**
 * An account with AWS's request buckets, an empty Auto Scaling group with a launch hook, a cluster, the product as it is
 * deployed, and one NodeENI that asks for all interfaces. In: the fleet, and where the functions write; nowhere by default.
 */
export const createStage = async (
  options: FleetOptions,
  telemetry: Telemetry = silentTelemetry,
) => {
  const { nodes, interfaces, instanceType, budget, buckets } = options;
  const kubernetesCalls = new Map<string, number>();
  const world = createWorld({
    ec2: {
      hasRequestBuckets: true,
      buckets,
      latencyMs: TIMES.ec2CallSeconds * 1000,
      attachSeconds: TIMES.attachSeconds,
      mostInterfaces: Number.POSITIVE_INFINITY,
    },
    kubernetes: {
      onCall: ({ verb, resource }) => {
        const name = `${verb} ${resource}`;
        kubernetesCalls.set(name, (kubernetesCalls.get(name) ?? 0) + 1);
        return undefined;
      },
    },
  });
  const { ec2, autoScaling, kubernetes, clock } = world;
  const meter = createMeter(clock, telemetry);
  const installation = createInstallation({
    world,
    clusterName: CLUSTER_NAME,
    telemetry: meter.telemetry,
    workers: 2,
    budget: { share: budget, burstShare: Math.max(BURST_SHARE, budget) },
  });

  const { sqs, work, rollUp, delay } = installation.queues;
  const vpcId = ec2.fleet.createVpc();
  const groupId = ec2.fleet.createSecurityGroup({ vpcId, name: 'multus' });
  const newSubnet = (index: number): string =>
    ec2.fleet.createSubnet({ vpcId, zone: ZONE, cidr: `10.${64 + index}.0.0/16` });
  const nodeSubnetId = newSubnet(0);
  const instanceTags = { [clusterTagOf(CLUSTER_NAME)]: 'owned' };
  autoScaling.createGroup({
    name: GROUP_NAME,
    subnetIds: [nodeSubnetId],
    instanceType,
    instanceTags,
    tags: Object.fromEntries(
      Object.entries(LABELS).map(([key, value]) => [`${NODE_TEMPLATE_LABEL_PREFIX}${key}`, value]),
    ),
    hooks: [launchHook],
  });
  await kubernetes.apply({
    apiVersion: 'networking.k8s.aws/v1alpha1',
    kind: 'NodeENI',
    metadata: { name: NODE_ENI_NAME },
    spec: {
      nodeSelector: LABELS,
      subnetIDs: Array.from({ length: interfaces }, (_, index) => newSubnet(index + 1)),
      securityGroupIDs: [groupId],
      deviceIndex: 1,
    },
  });

  let customEvents = 0;
  world.eventBridge.addRule({
    name: 'count',
    pattern: { source: ['nodeeni'] },
    target: async () => {
      customEvents += 1;
    },
  });

  return {
    world,
    installation,
    nodes,
    /** An instance of the cluster that no group launches and no hook holds. */
    runInstance: (): string =>
      ec2.fleet.runInstance({ subnetId: nodeSubnetId, instanceType, tags: instanceTags })
        .instanceId,
    kubernetesCalls: (): ReadonlyMap<string, number> => new Map(kubernetesCalls),
    /** What has been used so far of the services that are paid by use. */
    spent: (): Spent => ({
      functions: meter.usages(),
      queueRequests: {
        fifo: sqs.requestsTo(work) + sqs.requestsTo(rollUp),
        standard: sqs.requestsTo(delay),
      },
      customEvents,
    }),
    register: (instanceId: string) =>
      kubernetes.registerNode({
        name: ec2.fleet.instance(instanceId)?.privateDnsName ?? '',
        providerID: `aws:///${ZONE}/${instanceId}`,
        labels: LABELS,
      }),
  };
};

export type Stage = Awaited<ReturnType<typeof createStage>>;
