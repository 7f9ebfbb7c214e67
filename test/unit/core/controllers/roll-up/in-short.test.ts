import { describe, expect, it } from 'vitest';
import type { NodeEniState, SlotStatus } from '#core/apis/v1alpha1/node-eni-state.ts';
import { createShorten } from '#core/controllers/roll-up/in-short.ts';
import { type NodeEniObserved, planRollUp } from '#core/controllers/roll-up/plan.ts';
import { rowsOf } from '#core/controllers/roll-up/rows.ts';
import { ago, aNode, aNodeEni, aRecord, aState, NOW } from '#test/support/builders.ts';

const OWN = 'data/subnet-a';
const OTHERS = 'other/subnet-b';

const rowOf = (row: Partial<SlotStatus>): SlotStatus => ({
  phase: 'Attached',
  reason: 'Attached',
  message: 'eni-1 is attached at device index 1.',
  since: ago(60),
  ...row,
});

const create = {
  incarnation: ago(90),
  clientToken: 'a'.repeat(64),
  subnetId: 'subnet-a',
  groupIds: ['sg-a'],
  description: 'NodeENI data',
  tags: { a: 'b' },
};

/** A node with an interface of the NodeENI in question, and one of another. */
const aNodeWith = (own: Partial<SlotStatus>, others: Partial<SlotStatus>): NodeEniState =>
  aState(
    {
      [OWN]: aRecord({ create, subnetCidr: '10.0.1.0/24', macAddress: '02:00:00:00:00:01' }),
      [OTHERS]: aRecord({ create, eniId: 'eni-2', userTags: { team: 'x' } }),
    },
    {
      interfaces: { [OWN]: rowOf(own), [OTHERS]: rowOf(others) },
      host: {
        [OWN]: { eniId: 'eni-1', generation: 1, configured: true, interfaceName: 'eth1' },
        [OTHERS]: { eniId: 'eni-2', generation: 1, configured: true, message: 'fine' },
      },
    },
  );

const planOf = (states: readonly NodeEniState[], observed: Partial<NodeEniObserved> = {}) =>
  planRollUp({
    now: NOW,
    nodeEni: aNodeEni(),
    faults: [],
    isReadable: true,
    budgetShare: 0.5,
    matchingNodes: [aNode(), aNode({ name: 'full', instanceId: 'i-full' })],
    states,
    unadopted: [],
    ...observed,
  });

const rowsIn = (state: NodeEniState) => rowsOf('data', [state]);

describe('A state object in short', () => {
  it.each([
    ['attached beside one that is', {}, {}],
    [
      'being built beside one that is',
      { phase: 'Pending', reason: 'Throttled' },
      { phase: 'Pending', reason: 'Throttled' },
    ],
    ['refused beside one that is attached', { phase: 'Failed', reason: 'SubnetFull' }, {}],
  ] as const)('leads to the same roll-up: an interface that is %s', (_, own, others) => {
    const full = aState({ [OTHERS]: aRecord() }, { interfacesOmitted: 2 });
    const states = [
      ...Array.from({ length: 2000 }, () => aNodeWith(own, others)),
      { ...full, metadata: { ...full.metadata, name: 'i-full' } },
    ];

    const short = states.map(createShorten(['data']));

    expect(planOf(short)).toEqual(planOf(states));
    expect(planOf(short)).not.toEqual([]);
  });

  it.each([
    ['link', { link: { txQueueLength: 100 } }],
    ['linkName', { linkName: 'plane' }],
    ['linkMode Addressed', { linkMode: 'Addressed' }],
  ] as const)('leads to the same roll-up where the agent is too old for %s', (part, asked) => {
    const host = { eniId: 'eni-1', generation: 1, configured: true };
    const state = aState(
      { [OWN]: aRecord(asked) },
      { interfaces: { [OWN]: rowOf({}) }, host: { [OWN]: host } },
    );

    const short = planOf([createShorten(['data'])(state)]);

    expect(short).toEqual(planOf([state]));
    expect(JSON.stringify(short)).toContain(`does not know ${part}`);
  });

  it('tells no agent from a command that configured another interface of the host', () => {
    const state = aState(
      { [OWN]: aRecord(), [OTHERS]: aRecord({ eniId: 'eni-2', host: 'SSM' }) },
      {
        interfaces: { [OWN]: rowOf({}) },
        host: { [OTHERS]: { eniId: 'eni-2', generation: 1, configured: true } },
      },
    );

    const short = createShorten(['data'])(state);

    expect(rowsIn(short)).toMatchObject([{ hasAgent: false }]);
    expect(rowsIn(state)).toMatchObject([{ hasAgent: false }]);
  });

  it('leaves out what only a reconcile needs, and what is said of other NodeENIs', () => {
    const short = JSON.stringify(createShorten(['data'])(aNodeWith({}, {})));

    expect(short).toContain('02:00:00:00:00:01');
    for (const text of [create.clientToken, 'userTags', 'fine']) expect(short).not.toContain(text);
  });
});
