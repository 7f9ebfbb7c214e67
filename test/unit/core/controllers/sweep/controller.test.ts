import { describe, expect, it } from 'vitest';
import { ASG_NAME_TAG, NOT_READY_TAINT, TAGS } from '#core/apis/v1alpha1/names.ts';
import type { Instance } from '#core/ports/cloud.ts';
import type { ScalingGroup } from '#core/ports/scaling.ts';
import {
  ago,
  aNode,
  anAvailableEni,
  anEni,
  anInstance,
  aState,
  INSTANCE_ID,
  NOW,
} from '#test/support/builders.ts';
import { aSweep } from './a-sweep.ts';

const inGroup = (instanceId: string, groupName: string): Instance =>
  anInstance({ instanceId, tags: { [ASG_NAME_TAG]: groupName } });

const aGroupOf = (...members: readonly (readonly [string, string])[]): ScalingGroup => ({
  groupName: 'workers',
  tags: {},
  instances: members.map(([instanceId, lifecycleState]) => ({
    instanceId,
    groupName: 'workers',
    lifecycleState,
  })),
});

describe('a sweep', () => {
  it('asks for a reconcile wherever one is due, once', async () => {
    const taint = { key: NOT_READY_TAINT, effect: 'NoSchedule' };
    const orphan = anAvailableEni({
      tags: { [TAGS.instance]: 'i-orphan', [TAGS.orphanSince]: ago(600) },
    });
    const { [TAGS.instance]: _, ...tags } = orphan.tags;
    const ofNobody = { ...orphan, eniId: 'eni-2', tags };
    const { sweep, hints } = aSweep({
      listed: [inGroup('i-waiting', 'workers')],
      groups: [aGroupOf(['i-waiting', 'Pending:Wait'])],
      enis: [orphan, ofNobody],
      nodes: [
        aNode({ instanceId: 'i-tainted', taints: [taint] }),
        aNode({ instanceId: 'i-unsettled', taints: [taint] }),
      ],
      unsettled: ['i-unsettled'],
      unsettledNodeEnis: ['data'],
    });

    const report = await sweep.run();

    expect(report).toMatchObject({
      instances: 1,
      interfaces: 2,
      hintedInstances: ['i-unsettled', 'i-waiting', 'i-tainted', 'i-orphan'],
      hintedNodeEnis: ['data'],
      orphansMarked: ['eni-2'],
      orphansCollected: ['eni-1'],
    });
    expect(hints).toEqual([
      ...report.hintedInstances.map((instanceId) => ({ kind: 'instance', instanceId })),
      { kind: 'node-eni', name: 'data' },
    ]);
  });

  it('beats for those that wait for a hook, and for nobody in a dry run', async () => {
    const world = {
      listed: [inGroup('i-waiting', 'workers'), inGroup('i-serving', 'workers')],
      groups: [aGroupOf(['i-waiting', 'Pending:Wait'], ['i-serving', 'InService'])],
    };
    const wet = aSweep(world);
    const dry = aSweep(world);

    const report = await wet.sweep.run();
    const foretold = await dry.sweep.run({ isDryRun: true });

    expect(wet.beaten).toEqual(['i-waiting']);
    expect(report.heartbeats).toEqual({ sent: 1, errors: [] });
    expect(dry.beaten).toEqual([]);
    expect(foretold.heartbeats).toEqual({ sent: 0, errors: [] });
  });

  it('marks a new orphan with the time, and sends nobody there yet', async () => {
    const { sweep, tagged, hints } = aSweep({ enis: [anAvailableEni()] });

    const report = await sweep.run();

    expect(report.orphansMarked).toEqual(['eni-1']);
    expect(tagged).toEqual([{ eniId: 'eni-1', tags: { [TAGS.orphanSince]: NOW.toISOString() } }]);
    expect(hints).toEqual([]);
  });

  it('marks the others when one takes no mark, and complains of that one', async () => {
    const enis = [anAvailableEni(), anAvailableEni({ eniId: 'eni-2' })];
    const { sweep, tagged } = aSweep({ enis, unmarkable: 'eni-1' });

    await expect(sweep.run()).rejects.toMatchObject({ code: 'TagLimitExceeded' });
    expect(tagged).toMatchObject([{ eniId: 'eni-2' }]);
  });

  it('changes nothing and asks for nothing in a dry run, and tells the same', async () => {
    const world = { enis: [anAvailableEni()], unsettled: ['i-unsettled'] };
    const dry = aSweep(world);

    const report = await dry.sweep.run({ isDryRun: true });

    expect(dry.tagged).toEqual([]);
    expect(dry.hints).toEqual([]);
    expect(report).toEqual(await aSweep(world).sweep.run());
  });

  it('asks EC2 by id only for instances that its list does not tell', async () => {
    const gone = aSweep({
      listed: [anInstance()],
      others: [inGroup('i-unlisted', 'workers')],
      enis: [anEni({ tags: { [TAGS.instance]: 'i-unlisted' } })],
    });
    const complete = aSweep({ listed: [anInstance()], enis: [anEni()] });

    const report = await gone.sweep.run();
    await complete.sweep.run();

    expect(gone.asked.instances).toEqual([['i-unlisted']]);
    expect(report.instances).toBe(2);
    expect(gone.asked.groups).toEqual([['workers']]);
    expect(complete.asked.instances).toEqual([]);
  });

  it('asks for each group once, and for none where no instance is in one', async () => {
    const grouped = aSweep({ listed: [inGroup('i-1', 'workers'), inGroup('i-2', 'workers')] });
    const single = aSweep({ listed: [anInstance()] });

    await grouped.sweep.run();
    await single.sweep.run();

    expect(grouped.asked.groups).toEqual([['workers']]);
    expect(single.asked.groups).toEqual([]);
  });

  it('asks about members that no group lists, as those of a warm pool, and about no other', async () => {
    const wait = { groupName: 'workers', lifecycleState: 'Warmed:Pending:Wait' };
    const { sweep, asked, beaten } = aSweep({
      listed: [
        inGroup('i-serving', 'workers'),
        inGroup('i-warm', 'workers'),
        anInstance({ ...inGroup('i-gone', 'workers'), state: 'terminated' }),
        anInstance(),
      ],
      groups: [aGroupOf(['i-serving', 'InService'])],
      warm: [{ instanceId: 'i-warm', ...wait }],
    });

    const report = await sweep.run();

    expect(asked.members).toEqual([['i-warm']]);
    expect(report.hintedInstances).toEqual(['i-warm']);
    expect(beaten).toEqual(['i-warm']);
  });

  it('does everything else when Auto Scaling does not answer, and tells of it', async () => {
    const { sweep, hints, tagged } = aSweep({
      listed: [inGroup('i-1', 'workers')],
      isScalingSilent: true,
      enis: [anAvailableEni()],
      unsettled: ['i-unsettled'],
    });

    const report = await sweep.run();

    expect(report.scalingErrors).toEqual(['Rate exceeded']);
    expect(hints).toEqual([{ kind: 'instance', instanceId: 'i-unsettled' }]);
    expect(tagged).toHaveLength(1);
  });

  it('tells the plan of the interfaces which instances are ending, by any state of ending', async () => {
    const { sweep, given } = aSweep({
      listed: [inGroup('i-serving', 'workers')],
      groups: [
        aGroupOf(
          ['i-serving', 'InService'],
          ['i-waiting', 'Terminating:Wait'],
          ['i-ending', 'Terminating'],
          ['i-warm', 'Warmed:Terminating:Wait'],
        ),
      ],
    });

    await sweep.run();

    expect(given).toMatchObject([{ terminating: new Set(['i-waiting', 'i-ending', 'i-warm']) }]);
  });

  it('tells the plan of the interfaces which nodes claim an instance, and its state', async () => {
    const node = aNode();
    const { instanceId: _, ...unknown } = aNode({ name: 'unknown' });
    const rival = aNode({ name: 'rival' });
    const { sweep, given } = aSweep({ listed: [anInstance()], nodes: [unknown, node, rival] });

    await sweep.run();

    expect(given).toEqual([
      expect.objectContaining({
        instanceIds: [INSTANCE_ID],
        claims: new Map([
          [undefined, [unknown]],
          [INSTANCE_ID, [node, rival]],
        ]),
        states: new Map([[INSTANCE_ID, aState()]]),
      }),
    ]);
  });

  it('takes no ENI of a cluster for an orphan that was made anew while it was read', async () => {
    const { sweep, hints, tagged } = aSweep({ enis: [anAvailableEni()], uids: ['one', 'two'] });

    await expect(sweep.run()).rejects.toMatchObject({ failure: 'Conflict' });
    expect({ hints, tagged }).toEqual({ hints: [], tagged: [] });
  });
});
