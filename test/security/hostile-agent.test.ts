import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MOST } from '#core/apis/v1alpha1/bounds.ts';
import type { NodeEniStatus } from '#core/apis/v1alpha1/node-eni.ts';
import type { NodeEniState } from '#core/apis/v1alpha1/node-eni-state.ts';
import { failureOf } from '#core/errors.ts';
import { EVENTS } from '#providers/kubernetes/resources.ts';
import { createHostileCluster, type HostileCluster, idsIn } from './hostile-cluster.ts';
import { hostileRows, hostOf } from './hostile-status.ts';

/** What three instances need, with room; a NodeENI must fit into etcd with hundreds. */
const MOST_STATUS_CHARACTERS = 10_000;

/** "Condition v1 meta", Kubernetes API Reference: a reason is one word. */
const REASON = /^[A-Za-z][A-Za-z0-9]{0,63}$/;

/** What was called since a moment, with the ids it names. */
const callsSince = ({ scenario }: HostileCluster, mark: number) =>
  scenario.ec2.wire.log.mutating.slice(mark).map((call) => ({ ...call, ids: idsIn(call) }));

const expectWellFormed = async ({ scenario }: HostileCluster): Promise<void> => {
  for (const name of ['data', 'wan']) {
    const status = await scenario.status(name);
    expect(JSON.stringify(status).length).toBeLessThan(MOST_STATUS_CHARACTERS);
    expect(JSON.stringify(status)).not.toMatch(/\\u00[01]|\u202E/);
    for (const { reason } of status.conditions ?? []) expect(reason).toMatch(REASON);
  }
  for (const event of scenario.kubernetes.stored(EVENTS))
    expect(JSON.stringify(event).length).toBeLessThan(2_000);
};

const rowOf = (status: NodeEniStatus, instanceId: string) =>
  status.attachments?.find((row) => row.instanceID === instanceId);

/** Someone changes the groups of the victim's interface: one call puts it right, if its turn comes. */
const disturbVictim = ({ scenario, victim, eniOn }: HostileCluster): string => {
  const eniId = eniOn(victim, 'data');
  scenario.ec2.byHand.setGroups(eniId, [scenario.groups.two]);
  return eniId;
};

/** The spec of a state object without the notes about what was put right on its ENIs. */
const withoutMemory = ({ spec }: NodeEniState) => ({
  ...spec,
  interfaces: Object.fromEntries(
    Object.entries(spec.interfaces ?? {}).map(([slot, { backOffs: _, ...record }]) => [
      slot,
      record,
    ]),
  ),
});

describe('The agent of a node that somebody took over', () => {
  it('causes no call, changes nothing of others, and holds up nobody of its batch', async () => {
    await fc.assert(
      fc.asyncProperty(hostileRows, async (rows) => {
        const cluster = await createHostileCluster();
        const { scenario, hostile, victim } = cluster;
        const mark = scenario.mutating().length;
        const disturbed = disturbVictim(cluster);
        const victimState = await cluster.stateOf(victim);
        const victimRow = rowOf(await scenario.status('data'), victim);
        const { spec } = await cluster.stateOf(hostile);

        await cluster.writeHost(hostile, await hostOf(rows, cluster));
        await cluster.lookAtBoth();
        await scenario.pass(60);

        expect(callsSince(cluster, mark)).toMatchObject([
          { action: 'ModifyNetworkInterfaceAttribute', ids: [disturbed] },
        ]);
        expect(scenario.autoScaling.completions).toEqual([]);
        expect(withoutMemory(await cluster.stateOf(victim))).toEqual(withoutMemory(victimState));
        expect((await cluster.stateOf(victim)).status?.host).toEqual(victimState.status?.host);
        expect((await cluster.stateOf(hostile)).spec).toEqual(spec);
        expect(rowOf(await scenario.status('data'), victim)).toEqual(victimRow);
        await expectWellFormed(cluster);
        expect(Reflect.ownKeys(Object.prototype)).not.toContain('eniId');
        expect(cluster.failures()).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });

  it('is refused by the API server, or does no harm, with values of any type', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('data', 'wan', 'other'),
        fc.oneof(
          fc.jsonValue({ maxDepth: 3 }),
          fc.record(
            {
              eniId: fc.oneof(fc.string(), fc.jsonValue({ maxDepth: 1 })),
              generation: fc.oneof(fc.integer(), fc.double(), fc.jsonValue({ maxDepth: 1 })),
              released: fc.oneof(fc.boolean(), fc.jsonValue({ maxDepth: 1 })),
              configured: fc.oneof(fc.boolean(), fc.constantFrom('true', 1, null)),
            },
            { requiredKeys: [] },
          ),
        ),
        async (name, value) => {
          const cluster = await createHostileCluster();
          const { scenario, hostile } = cluster;
          const mark = scenario.mutating().length;
          const slot = `${name}/${name === 'wan' ? scenario.subnets.a2 : scenario.subnets.a}`;

          const outcome = await cluster.writeHost(hostile, { [slot]: value }).then(
            () => 'stored',
            (error: unknown) => failureOf(error),
          );
          await scenario.pass(30);

          seen.add(outcome);
          expect(['stored', 'Invalid']).toContain(outcome);
          expect(callsSince(cluster, mark)).toEqual([]);
          await expectWellFormed(cluster);
          expect(cluster.failures()).toEqual([]);
        },
      ),
      {
        numRuns: 15,
        examples: [
          ['data', null],
          ['data', { eniId: 'eni-1', generation: 1 }],
          ['data', 7],
        ],
      },
    );
    expect(seen).toEqual(new Set(['stored', 'Invalid']));
  });

  it('gives away only its own interfaces that are to go', async () => {
    await fc.assert(
      fc.asyncProperty(hostileRows, async (rows) => {
        const cluster = await createHostileCluster();
        const { scenario, hostile, victim, eniOn } = cluster;
        const own = scenario.oursOn(hostile).find(({ eniId }) => eniId === eniOn(hostile, 'wan'));
        const mine = [hostile, own?.eniId, own?.attachment?.attachmentId];
        const others = eniOn(victim, 'wan');
        await scenario.deleteNodeEni('wan');
        await scenario.pass(12);
        const { spec } = await cluster.stateOf(victim);
        const mark = scenario.mutating().length;

        const all = await hostOf(
          [...rows, ['wan', { owner: 'wan of the victim', generation: 'current' }]],
          cluster,
        );
        const liar = Object.entries(all).map(([slot, row]) => [slot, { ...row, released: true }]);
        await cluster.writeHost(hostile, Object.fromEntries(liar));
        await cluster.lookAtBoth();
        await scenario.pass(30);

        expect(Object.values(spec.interfaces ?? {}).map(({ phase }) => phase)).toContain(
          'Releasing',
        );
        for (const { ids } of callsSince(cluster, mark))
          for (const id of ids) expect(mine).toContain(id);
        expect(eniOn(victim, 'wan')).toBe(others);
        expect([eniOn(hostile, 'data'), eniOn(victim, 'data')]).not.toContain('');
        expect(cluster.failures()).toEqual([]);
      }),
      { numRuns: 12 },
    );
  });

  it('cannot hold on to an interface longer than an agent may', async () => {
    const cluster = await createHostileCluster();
    const { scenario, hostile, victim, eniOn } = cluster;
    const rows = await hostOf(
      [['wan', { owner: 'own of the slot', generation: 'current' }]],
      cluster,
    );
    const held = Object.entries(rows).map(([slot, row]) => [
      slot,
      { ...row, inUseBy: 'me\u001B[2J' },
    ]);
    await cluster.writeHost(hostile, Object.fromEntries(held));

    await scenario.deleteNodeEni('wan');
    await scenario.pass(30);
    await expectWellFormed(cluster);
    await scenario.pass(120);

    expect([eniOn(hostile, 'wan'), eniOn(victim, 'wan')]).toEqual(['', '']);
    expect(await scenario.nodeEnis()).toEqual(['data']);
  });

  it('does not complete the launch hook of another instance, which its own agent does', async () => {
    const cluster = await createHostileCluster();
    const { scenario, hostile, waiting } = cluster;
    const claims = Object.entries((await cluster.stateOf(waiting)).spec.interfaces ?? {}).map(
      ([slot, { eniId = '', generation }]) => [slot, { eniId, generation, configured: true }],
    );

    await cluster.writeHost(hostile, Object.fromEntries(claims));
    await scenario.pass(300);
    const before = [...scenario.autoScaling.completions];
    await cluster.report(waiting);
    await scenario.pass(60);

    expect(claims).toHaveLength(2);
    expect(before).toEqual([]);
    expect(scenario.autoScaling.completions).toMatchObject([{ result: 'CONTINUE', by: 'call' }]);
  });

  it('cannot fill the status of a NodeENI with an object as large as etcd takes', async () => {
    const cluster = await createHostileCluster();
    const { scenario, hostile } = cluster;
    const rows = await hostOf(
      [['data', { owner: 'own of the slot', generation: 'current' }]],
      cluster,
    );
    const large = (characters: number) =>
      Object.fromEntries(
        Object.entries(rows).map(([slot, row]) => [
          slot,
          {
            ...row,
            configured: false,
            interfaceName: 'x'.repeat(characters),
            message: 'y'.repeat(characters),
          },
        ]),
      );

    await expect(cluster.writeHost(hostile, large(700_000))).rejects.toMatchObject({
      failure: 'Invalid',
    });
    await cluster.writeHost(hostile, large(MOST.characters));
    await scenario.pass(60);

    expect(await scenario.ready('data')).toMatchObject({
      status: 'False',
      reason: 'WaitingForHost',
    });
    await expectWellFormed(cluster);
  });
});
