import { clusterTagOf, NODE_TEMPLATE_LABEL_PREFIX } from '#core/apis/v1alpha1/names.ts';
import { createInstallation, type Installation } from '../simulation/installation.ts';
import { silentTelemetry } from '../simulation/silent-telemetry.ts';
import { createWorld, type SimulatedWorld } from '../simulation/world.ts';
import { NODE_LABELS, SECURITY_GROUP_ID, SUBNET_ID } from './manifest.ts';

const CLUSTER_NAME = 'demo';
export const GROUP_NAME = 'workers';
export const ZONE = 'us-east-1a';
export const SWEEP_INTERVAL_SECONDS = 300;

export interface Stage {
  readonly world: SimulatedWorld;
  readonly installation: Installation;
}

const launchHook = {
  name: 'nodeeni-launch',
  transition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
  heartbeatTimeoutSeconds: 120,
  defaultResult: 'ABANDON',
  notificationMetadata: JSON.stringify({ cluster: CLUSTER_NAME }),
} as const;

const buildNetwork = ({ ec2 }: SimulatedWorld): string => {
  const vpcId = ec2.fleet.createVpc();
  ec2.fleet.addSecurityGroup({ groupId: SECURITY_GROUP_ID, vpcId, name: 'multus' });
  ec2.fleet.createSubnet({ subnetId: SUBNET_ID, vpcId, zone: ZONE, cidr: '10.1.0.0/24' });
  return ec2.fleet.createSubnet({ vpcId, zone: ZONE, cidr: '10.0.0.0/24' });
};

/** An account with one VPC, an empty Auto Scaling group with a launch hook, a cluster without nodes, and the product. */
export const createStage = (): Stage => {
  // About what EC2 takes, so that the order of things is the one people see.
  const world = createWorld({
    ec2: {
      latencyMs: 80,
      pendingSeconds: 6,
      shuttingDownSeconds: 8,
      attachSeconds: 1.5,
      detachSeconds: 3,
    },
  });
  const nodeSubnetId = buildNetwork(world);
  world.autoScaling.createGroup({
    name: GROUP_NAME,
    subnetIds: [nodeSubnetId],
    instanceTags: { [clusterTagOf(CLUSTER_NAME)]: 'owned' },
    tags: Object.fromEntries(
      Object.entries(NODE_LABELS).map(([key, value]) => [
        `${NODE_TEMPLATE_LABEL_PREFIX}${key}`,
        value,
      ]),
    ),
    hooks: [launchHook],
  });
  const installation = createInstallation({
    world,
    clusterName: CLUSTER_NAME,
    telemetry: silentTelemetry,
    sweepIntervalSeconds: SWEEP_INTERVAL_SECONDS,
  });
  return { world, installation };
};
