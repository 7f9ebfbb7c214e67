import { describe, expect, it } from 'vitest';
import { TAGS } from '#core/apis/v1alpha1/names.ts';
import type { NetworkInterface } from '#core/ports/cloud.ts';
import {
  ATTACHMENT,
  aNode,
  aNodeEni,
  anAvailableEni,
  anEni,
  anInstance,
  anObservation,
  INSTANCE_ID,
} from '#test/support/builders.ts';
import { aSmallWorld, OTHER_INSTANCE, OTHER_NODE, stateAfter, type World } from './small-world.ts';

const attaching = (eni: Partial<NetworkInterface> = {}) =>
  anEni({ ...eni, attachment: { ...ATTACHMENT, status: 'attaching' } });
const MOVED = aNodeEni({ deviceIndex: 3, deviceIndexPolicy: 'Require' });
const SETTLED = stateAfter(anObservation({ ours: [anEni()] }));
const ORPHAN = anAvailableEni({
  eniId: 'eni-orphan',
  tags: { [TAGS.uid]: 'uid-of-nobody', [TAGS.name]: 'old' },
});
const FIRST = `ENIs of ${INSTANCE_ID}`;

/** How often, and about whom, EC2 was asked, and the waits in between; the first question is that of the plan. */
const asked = async (world: World) => {
  const { interfaces, given, done, asked: all } = aSmallWorld(world);
  const outcomes = await interfaces.reconcile(given);
  return {
    questions: all.filter((text) => text.startsWith('ENIs of ')).slice(1),
    sleeps: done.filter((text) => text.startsWith('sleep')),
    lines: done,
    outcomes: [...outcomes.values()].map(({ kind }) => kind),
  };
};

describe('a reconcile that made a call whose effect takes a moment', () => {
  it.each<[string, World, number]>([
    ['an attachment', { shown: [[], [attaching({ eniId: 'eni-new-1' })]] }, 2],
    ['an attachment that is there at once', { shown: [[], [anEni({ eniId: 'eni-new-1' })]] }, 1],
    [
      'an attachment that is there after the wait',
      { shown: [[], [attaching({ eniId: 'eni-new-1' })], [anEni({ eniId: 'eni-new-1' })]] },
      2,
    ],
    [
      'a detachment',
      {
        nodeEnis: [],
        shown: [[anEni()], [anEni({ attachment: { ...ATTACHMENT, status: 'detaching' } })]],
      },
      2,
    ],
    ['a detachment of which EC2 shows the ENI as before', { nodeEnis: [], shown: [[anEni()]] }, 2],
    ['a move of which EC2 shows the ENI as before', { nodeEnis: [MOVED], shown: [[anEni()]] }, 2],
  ])('asks EC2 again after %s', async (_name, world, times) => {
    const { questions, sleeps } = await asked(world);

    expect(questions).toEqual(Array.from({ length: times }, () => FIRST));
    expect(sleeps).toEqual(times > 1 ? ['sleep 1500'] : []);
  });

  it('makes no call twice that EC2 has not shown the effect of', async () => {
    const { lines } = await asked({ nodeEnis: [], shown: [[anEni()]] });

    expect(lines.filter((line) => line.startsWith('detach'))).toEqual(['detach eni-attach-1']);
  });

  it('goes on with what EC2 shows after the wait', async () => {
    const { lines } = await asked({
      nodeEnis: [],
      states: [SETTLED],
      shown: [[anEni()], [anEni()], [anAvailableEni()]],
    });

    expect(lines).toContain('delete eni-1');
  });
});

describe('a reconcile', () => {
  it.each<[string, World]>([
    ['made no call', { shown: [[anEni()]] }],
    ['waits for a call of an earlier reconcile', { shown: [[attaching()]] }],
    [
      'made only a call that takes effect at once',
      { shown: [[anEni({ description: 'by hand' })]] },
    ],
    [
      'has nothing to say of another slot',
      { shown: [[anEni({ description: 'by hand' }), ORPHAN]] },
    ],
    [
      'was refused its call',
      { shown: [[anAvailableEni()]], refused: { 'attach eni-1 at 2': 'Denied' } },
    ],
  ])('does not ask EC2 again when it %s', async (_name, world) => {
    const { questions, sleeps, outcomes } = await asked(world);

    expect({ questions, sleeps, outcomes }).toEqual({
      questions: [],
      sleeps: [],
      outcomes: ['reconciled'],
    });
  });
});

describe('the reconciles of a batch', () => {
  const batch = { instances: [anInstance(), OTHER_INSTANCE], nodes: [aNode(), OTHER_NODE] };

  it('ask again about those instances only on which something moves', async () => {
    const { questions } = await asked({ ...batch, shown: [[anEni()]], states: [SETTLED] });

    expect(questions).toEqual(['ENIs of i-other', 'ENIs of i-other']);
  });

  it('ask about all of them in one question', async () => {
    const { questions } = await asked(batch);

    expect(questions[0]).toBe(`ENIs of ${INSTANCE_ID},i-other`);
  });

  it('ask no more about one that has failed', async () => {
    const { questions, outcomes } = await asked({
      ...batch,
      refused: { [`record interfaces,nodeName of ${INSTANCE_ID}`]: 'Denied' },
    });

    expect(questions[0]).toBe('ENIs of i-other');
    expect(outcomes).toEqual(['failed', 'reconciled']);
  });

  it('ask about an instance as long as one of its slots moves', async () => {
    const { questions } = await asked({
      nodeEnis: [aNodeEni({ subnetIDs: ['subnet-b'] })],
      shown: [[anEni()]],
    });

    expect(questions).toEqual([FIRST, FIRST]);
  });
});
