import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NODE_ENI_STATES } from '#providers/kubernetes/resources.ts';
import { createHostileCluster, type HostileCluster, idsIn } from './hostile-cluster.ts';

/** Whose ENI the record is made to name. */
const TARGETS = {
  foreign: ({ foreign }: HostileCluster) => foreign,
  'of another cluster': ({ ofAnotherCluster }: HostileCluster) => ofAnotherCluster,
  primary: ({ hostile, primaryOf }: HostileCluster) => primaryOf(hostile),
  'primary of another node': ({ victim, primaryOf }: HostileCluster) => primaryOf(victim),
  'of another node': ({ victim, eniOn }: HostileCluster) => eniOn(victim, 'data'),
  nobody: () => 'eni-0123456789abcdef0',
} as const;

const targets = Object.keys(TARGETS) as (keyof typeof TARGETS)[];

const anyTime = fc.constantFrom('2026-11-21T11:00:00.000Z', '2999-01-01T00:00:00Z', 'never', '');
const readableTime = fc.constantFrom('2026-11-21T11:00:00.000Z', '2999-01-01T00:00:00Z');

const backOffUntil = (time: fc.Arbitrary<string>) =>
  fc.record({
    reason: fc.constant('Error'),
    message: fc.constant(''),
    isRefusal: fc.boolean(),
    until: time,
    failures: fc.constantFrom(-1, 0, 1e9),
  });

const tampered = (time: fc.Arbitrary<string>) =>
  fc.record(
    {
      nodeEniUid: fc.constantFrom('another', ''),
      subnetId: fc.constantFrom('subnet-0123456789abcdef0', ''),
      phase: fc.constantFrom('Present', 'Releasing'),
      releasingSince: time,
      createTriedAt: time,
      generation: fc.constantFrom(-1, 0, 2 ** 31),
      macAddress: fc.constantFrom('', 'ff:ff:ff:ff:ff:ff'),
      deviceIndex: fc.constantFrom(-1, 0, 1, 5),
      create: fc.constant(null),
      userTags: fc.constantFrom(
        { 'kubernetes.io/cluster/prod': 'owned' },
        { team: 'x', 'nodeeni.networking.k8s.aws/uid': 'x' },
      ),
      backOff: backOffUntil(time),
      backOffs: fc.dictionary(
        fc.constantFrom('create', 'attach', 'set-groups', ''),
        backOffUntil(time),
      ),
    },
    { requiredKeys: [] },
  );

/** What makes a slot go, whatever is wanted. */
const RELEASED = { nodeEniUid: 'another', phase: 'Releasing' } as const;

/** Someone who may write NodeENIState spec, which agents may not, changes both records of the first node. */
const tamper = async (cluster: HostileCluster, change: object): Promise<void> => {
  const { spec } = await cluster.stateOf(cluster.hostile);
  const records = Object.keys(spec.interfaces ?? {}).map((slot) => [slot, change]);
  await cluster.scenario.kubernetes.patch(NODE_ENI_STATES, cluster.hostile, {
    type: 'merge',
    body: { spec: { interfaces: Object.fromEntries(records) } },
  });
};

describe('Whoever changes the records of an instance', () => {
  it('gets no call made on an ENI that the tags do not give to that instance', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...targets), tampered(anyTime), async (target, change) => {
        const cluster = await createHostileCluster();
        const { scenario, hostile } = cluster;
        const owned = scenario.oursOn(hostile);
        const mine = new Set([
          hostile,
          ...owned.flatMap(({ eniId, attachment }) => [eniId, attachment?.attachmentId]),
        ]);
        const before = new Set(scenario.ec2.interfaces().map(({ eniId }) => eniId));
        const mark = scenario.mutating().length;

        await tamper(cluster, { ...change, eniId: TARGETS[target](cluster) });
        await cluster.lookAtBoth();
        await scenario.pass(320);

        const touched = scenario.ec2.wire.log.mutating.slice(mark).flatMap(idsIn);
        const strangers = touched.filter((id) => !mine.has(id));
        // What it has to make anew is its own.
        const made = scenario
          .oursOn(hostile)
          .flatMap(({ eniId, attachment }) => [
            ...(before.has(eniId) ? [] : [eniId]),
            attachment?.attachmentId,
          ]);
        for (const id of strangers) expect(made).toContain(id);
        expect(scenario.autoScaling.completions).toEqual([]);
      }),
      {
        numRuns: 10 + targets.length,
        // The shortest way to a detach and a delete.
        examples: targets.map((target): [typeof target, typeof RELEASED] => [target, RELEASED]),
      },
    );
  });

  /** Reconciles at both nodes after the change, when one ENI of the first has to be made anew. */
  const lookAfter = async (change: object) => {
    const cluster = await createHostileCluster();
    const { scenario, hostile, victim, eniOn } = cluster;
    const eniId = eniOn(victim, 'data');
    scenario.ec2.byHand.setGroups(eniId, [scenario.groups.two]);
    scenario.ec2.byHand.delete(eniOn(hostile, 'data'));
    await tamper(cluster, { ...change, eniId: null });
    await cluster.lookAtBoth();
    await scenario.pass(20);
    const served = scenario.ours().find((eni) => eni.eniId === eniId);
    return { scenario, isServed: served?.groupIds[0] === scenario.groups.one };
  };

  it('holds up no other instance of the batch and no sweep', async () => {
    await fc.assert(
      fc.asyncProperty(tampered(readableTime), async (change) => {
        const { scenario, isServed } = await lookAfter(change);

        expect(isServed).toBe(true);
        await expect(scenario.installation.sweep()).resolves.toBeUndefined();
      }),
      { numRuns: 12 },
    );
  });

  it.each(['batch', 'sweep'])('ends no %s by a time that nobody can read', async (what) => {
    const { scenario, isServed } = await lookAfter({ createTriedAt: 'never', create: null });

    if (what === 'batch') expect(isServed).toBe(true);
    else await expect(scenario.installation.sweep()).resolves.toBeUndefined();
  });
});
