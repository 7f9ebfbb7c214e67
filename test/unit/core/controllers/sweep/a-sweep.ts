import { createSweep } from '#core/controllers/sweep/controller.ts';
import { CallError } from '#core/errors.ts';
import type { Instance, NetworkInterface } from '#core/ports/cloud.ts';
import type { ClusterNode } from '#core/ports/cluster.ts';
import type { ScalingGroup, ScalingInstance } from '#core/ports/scaling.ts';
import type { WorkKey } from '#core/ports/work-queue.ts';
import { aState, NOW } from '#test/support/builders.ts';

type Enis = Parameters<typeof createSweep>[0]['enis'];

interface World {
  readonly listed?: readonly Instance[];
  readonly others?: readonly Instance[];
  readonly enis?: readonly NetworkInterface[];
  readonly groups?: readonly ScalingGroup[];
  /** Members that no group lists. */
  readonly warm?: readonly ScalingInstance[];
  /** True: Auto Scaling answers nothing. */
  readonly isScalingSilent?: boolean;
  readonly nodes?: readonly ClusterNode[];
  readonly unsettled?: readonly string[];
  readonly unsettledNodeEnis?: readonly string[];
  /** Id of an ENI that takes no tag. */
  readonly unmarkable?: string;
  /** What the cluster's uid is, each time it is read. */
  readonly uids?: readonly string[];
}

const nobodyAsks = () => Promise.reject(new Error('nobody asks'));

/** A sweep over this world, and what it asked of it. */
export const aSweep = ({
  listed = [],
  others = [],
  enis = [],
  groups = [],
  warm = [],
  isScalingSilent = false,
  nodes = [],
  unsettled = [],
  unsettledNodeEnis = [],
  unmarkable,
  uids = [],
}: World = {}) => {
  const nextUids = [...uids];
  const asked: Record<'instances' | 'groups' | 'members', (readonly string[])[]> = {
    instances: [],
    groups: [],
    members: [],
  };
  const hints: WorkKey[] = [];
  const tagged: unknown[] = [];
  const given: unknown[] = [];
  const beaten: string[] = [];
  const sweep = createSweep({
    clock: { now: () => NOW, sleep: nobodyAsks },
    identity: { uid: async () => nextUids.shift() ?? 'cluster-uid' },
    instances: {
      list: nobodyAsks,
      page: async () => ({ items: listed }),
      async get(ids) {
        asked.instances.push(ids);
        return new Map(others.map((instance) => [instance.instanceId, instance]));
      },
    },
    enis: {
      page: async () => ({ items: enis }),
      async setTags(eniId: string, tags: object) {
        if (eniId === unmarkable) throw new CallError('Invalid', 'TagLimitExceeded', 'full');
        tagged.push({ eniId, tags });
      },
    } as Partial<Enis> as Enis,
    scaling: {
      async getInstances(ids) {
        asked.members.push(ids);
        return new Map(warm.map((member) => [member.instanceId, member]));
      },
      async getGroups(names) {
        asked.groups.push(names);
        if (isScalingSilent) throw new CallError('Throttled', 'Throttling', 'Rate exceeded');
        return groups;
      },
      getGroupTags: nobodyAsks,
      getHooks: nobodyAsks,
      complete: nobodyAsks,
      heartbeat: nobodyAsks,
    },
    nodeEnis: { list: async () => ({ items: [], invalid: [] }) } as unknown as Parameters<
      typeof createSweep
    >[0]['nodeEnis'],
    states: { list: async () => [aState()] } as unknown as Parameters<
      typeof createSweep
    >[0]['states'],
    nodes: { list: async () => nodes, count: async () => nodes.length } as unknown as Parameters<
      typeof createSweep
    >[0]['nodes'],
    workQueue: {
      async hint(keys) {
        hints.push(...keys);
      },
      requeueAfter: nobodyAsks,
      announce: nobodyAsks,
    },
    async findUnsettledInstances(world) {
      given.push(world);
      return unsettled;
    },
    findUnsettledNodeEnis: async () => unsettledNodeEnis,
    async keepAlive(members, instances) {
      const shown = members.filter(({ instanceId }) => instances.has(instanceId));
      beaten.push(...shown.map(({ instanceId }) => instanceId));
      return { sent: shown.length, errors: [] };
    },
  });
  return { sweep, asked, hints, tagged, given, beaten };
};
