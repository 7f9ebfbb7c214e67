import { createInstallation } from '#cli/simulation/installation.ts';
import { createWorld, type SimulatedWorld } from '#cli/simulation/world.ts';
import { clusterTagOf } from '#core/apis/v1alpha1/names.ts';
import { NODE_ENI_STATES } from '#providers/kubernetes/resources.ts';
import type { SimulatedInterface } from '#simulator/ec2/model.ts';
import { createRandom } from '#simulator/random.ts';
import { recordingTelemetry } from '#test/support/telemetry.ts';
import { createBesetWatch } from './beset-nodes.ts';
import type { History } from './history.ts';
import { createHosts } from './hosts.ts';
import { createIndexWatch } from './index-watch.ts';
import { insist } from './insist.ts';
import { LABELS, promised } from './labels.ts';
import { CLUSTER, launchHookOf } from './launch-hook.ts';
import { createLaunchWatch } from './launches.ts';
import { createNodeWatch } from './missing-nodes.ts';
import { createNetworkWatch } from './network-watch.ts';
import { createReferee } from './referee.ts';
import { createScalingGroups } from './scaling-groups.ts';
import { createSsmHosts } from './ssm-hosts.ts';
import { createTrouble } from './trouble.ts';

export const GROUP = 'workers';
export const SWEEP_SECONDS = 300;

/** Three parts, by two environments in turn, which go through them each for itself: all is seen as often as by whole sweeps. */
const PART_SECONDS = 50;

/** A node that was added, whatever became of it. */
export interface Member {
  readonly instanceId: string;
  /** Of its Node; another one once it registers under another. */
  name: string;
  readonly zone: string;
}

const ZONES = { a: 'us-east-1a', b: 'us-east-1b' } as const;

/** The world of one history: a VPC in two zones, a group with a launch hook, and the installation, all over trouble. */
export const createStage = ({ seed, pace }: Pick<History, 'seed' | 'pace'>) => {
  let world: SimulatedWorld | undefined;
  const trouble = createTrouble(() => world?.clock, createRandom(seed ^ 0x5eed));
  const referee = createReferee(CLUSTER);
  const launches = createLaunchWatch();
  const missingNodes = createNodeWatch();
  const indexes = createIndexWatch();
  const besetNodes = createBesetWatch();
  world = createWorld({
    seed,
    ec2: {
      attachSeconds: pace.attachSeconds,
      detachSeconds: pace.detachSeconds,
      consistencySeconds: pace.consistencySeconds,
      onCall: (action, input) => {
        referee.see(action, input);
        missingNodes.see(action, input);
        indexes.see(action, input);
        besetNodes.see(action, input);
        return trouble.ec2(action, input);
      },
    },
    autoScaling: {
      onCall: (action, input) => {
        referee.seeScaling(action, input);
        launches.see(action, input);
        return trouble.autoScaling(action);
      },
    },
    kubernetes: {
      onCall: (call) => (call.userName === 'nodeeni' ? trouble.kubernetes(call) : undefined),
    },
    eventBridge: { disturbance: trouble.events },
    ssm: { onCall: trouble.ssm },
  });
  const { ec2, kubernetes, clock } = world;
  const { fleet } = ec2;
  const vpcId = fleet.createVpc();
  const zone = ZONES.a;
  const subnets = {
    nodesA: fleet.createSubnet({ vpcId, zone, cidr: '10.0.0.0/24' }),
    nodesB: fleet.createSubnet({ vpcId, zone: ZONES.b, cidr: '10.0.1.0/24' }),
    a: fleet.createSubnet({ vpcId, zone, cidr: '10.1.0.0/24', name: 'lan-a' }),
    a2: fleet.createSubnet({ vpcId, zone, cidr: '10.2.0.0/24', name: 'wan-a' }),
    b: fleet.createSubnet({ vpcId, zone: ZONES.b, cidr: '10.1.1.0/24', name: 'lan-b' }),
  };
  const groups = {
    one: fleet.createSecurityGroup({ vpcId, name: 'multus' }),
    two: fleet.createSecurityGroup({ vpcId, name: 'multus-2' }),
    /** Of somebody else. */
    third: fleet.createSecurityGroup({ vpcId, name: 'audit' }),
    elsewhere: fleet.createSecurityGroup({ vpcId: fleet.createVpc(), name: 'far' }),
  };
  const { telemetry, lines } = recordingTelemetry();
  const installation = createInstallation({
    world,
    clusterName: CLUSTER,
    telemetry,
    ...(pace.isSweptInParts
      ? { sweepIntervalSeconds: PART_SECONDS, sweepRoom: { things: 1, nodes: 1, seconds: 60 } }
      : { sweepIntervalSeconds: SWEEP_SECONDS }),
    workers: pace.workers,
    host: 'either',
  });
  const ssmHosts = createSsmHosts(world, CLUSTER);
  const instanceTags = { [clusterTagOf(CLUSTER)]: 'owned' };
  const scalingGroups = createScalingGroups(world, {
    subnetIds: [subnets.nodesA],
    instanceTags,
  });
  const hooks = [launchHookOf(pace.heartbeatTimeoutSeconds)];
  scalingGroups.add({ name: GROUP, tags: promised(LABELS), hooks });

  const members: Member[] = [];
  const register = async ({ instanceId, name, zone: where }: Member): Promise<void> => {
    const providerID = `aws:///${where}/${instanceId}`;
    const bootID = ssmHosts.bootIdOf(instanceId);
    await kubernetes.registerNode({ name, providerID, labels: LABELS, bootID });
  };
  const add = (instanceId: string): Member => {
    const instance = fleet.instance(instanceId);
    const where = instance?.subnetId === subnets.nodesB ? ZONES.b : ZONES.a;
    const member = { instanceId, name: instance?.privateDnsName ?? '', zone: where };
    members.push(member);
    ssmHosts.manage(instanceId);
    return member;
  };

  const stage = {
    ...world,
    vpcId,
    scalingGroups,
    /** By name, those that are asked for by name. */
    namedGroups: new Map<string, string>(),
    heartbeatTimeoutSeconds: pace.heartbeatTimeoutSeconds,
    sweepSeconds: SWEEP_SECONDS,
    trouble,
    referee,
    launches,
    missingNodes,
    indexes,
    besetNodes,
    /** Instance → the name of a Node that claims it and is not its own. */
    falseNodes: new Map<string, string>(),
    installation,
    lines,
    subnets,
    groups,
    members,
    hosts: createHosts(kubernetes),
    /** Pods of a network, and what must hold of it. */
    networks: createNetworkWatch(),
    ssmHosts,
    /** UIDs of NodeENIs whose finalizer somebody took off. */
    forced: new Set<string>(),
    /** Instance → when somebody deleted its record, in milliseconds. */
    forgottenMs: new Map<string, number>(),
    register,
    addNode(where: 'a' | 'b'): Member {
      const subnetId = where === 'a' ? subnets.nodesA : subnets.nodesB;
      return add(fleet.runInstance({ subnetId, tags: instanceTags }).instanceId);
    },
    /** Kubelets of launched instances start. */
    async registerLaunched(): Promise<void> {
      for (const instanceId of scalingGroups.started()) {
        const isKnown = members.some((member) => member.instanceId === instanceId);
        if (!isKnown && fleet.instance(instanceId)?.state === 'running')
          await register(add(instanceId));
      }
    },
    isAlive: ({ instanceId }: Member): boolean => {
      const state = fleet.instance(instanceId)?.state;
      return state === 'running' || state === 'pending' || state === 'stopped';
    },
    ours: (): readonly SimulatedInterface[] => referee.ours(ec2.interfaces()),
    aliveAt(position: number): Member | undefined {
      const alive = members.filter(stage.isAlive);
      return alive[position % Math.max(1, alive.length)];
    },
    eniAt(position: number): SimulatedInterface | undefined {
      const ours = stage.ours();
      return ours[position % Math.max(1, ours.length)];
    },
    /** Somebody deletes the record of an instance. */
    async forget(instanceId: string): Promise<void> {
      stage.forgottenMs.set(instanceId, clock.now().getTime());
      await insist(clock, () => kubernetes.delete(NODE_ENI_STATES, instanceId));
    },
    rename(member: Member, name: string): void {
      member.name = name;
    },
    deleteNode: ({ name }: Member): Promise<void> =>
      insist(clock, () => kubernetes.deleteNode(name)),
  };
  referee.begin(stage);
  launches.begin(stage);
  missingNodes.begin(stage);
  indexes.begin(stage);
  besetNodes.begin(stage);
  return stage;
};

export type Stage = ReturnType<typeof createStage>;
