import { describe, expect, it } from 'vitest';
import { createInstanceInterfaces } from '#core/controllers/instance-interfaces/controller.ts';
import { CallError } from '#core/errors.ts';
import {
  ago,
  aNode,
  anEni,
  anInstance,
  anObservation,
  aState,
  INSTANCE_ID,
} from '#test/support/builders.ts';
import { aSmallWorld, OTHER_INSTANCE, OTHER_NODE, stateAfter, type World } from './small-world.ts';

const BATCH = { instances: [anInstance(), OTHER_INSTANCE], nodes: [aNode(), OTHER_NODE] };
const ENDED = { state: 'ended', status: 'Failed', output: '', errorOutput: '' } as const;

const kindsOf = async (world: World) => {
  const { interfaces, given, done } = aSmallWorld(world);
  const outcomes = await interfaces.reconcile(given);
  return { kinds: [...outcomes].map(([id, { kind }]) => [id, kind] as const), outcomes, done };
};

const tagged = (tags: Readonly<Record<string, string>>) => ({
  nodes: [],
  instances: [anInstance({ tags })],
});

describe('reconcile, for one instance', () => {
  it.each<[string, string, World]>([
    ['reconciled', 'a node', { ...tagged({}), nodes: [aNode()] }],
    ['reconciled', 'a state object', { ...tagged({}), states: [aState()] }],
    ['reconciled', 'an ENI of ours', { ...tagged({}), shown: [[anEni()]] }],
    ['reconciled', 'the tag of the cluster', tagged({ 'kubernetes.io/cluster/prod': 'owned' })],
    ['reconciled', 'the name of the cluster, by EKS', tagged({ 'eks:cluster-name': 'prod' })],
    ['reconciled', 'the name of the cluster, by AWS', tagged({ 'aws:eks:cluster-name': 'prod' })],
    ['foreign', 'nothing of the cluster', tagged({})],
    [
      'foreign',
      'the tags of another cluster',
      tagged({
        'kubernetes.io/cluster/test': 'owned',
        'eks:cluster-name': 'test',
        'aws:eks:cluster-name': 'test',
      }),
    ],
  ])('is %s with %s', async (kind, _name, world) => {
    const { kinds } = await kindsOf(world);

    expect(kinds).toEqual([[INSTANCE_ID, kind]]);
  });

  it('leaves alone what EC2 does not know and nobody has heard of', async () => {
    const { interfaces, given, done } = aSmallWorld({ nodes: [] });

    const outcomes = await interfaces.reconcile({ ...given, instances: new Map() });

    expect([...outcomes]).toEqual([[INSTANCE_ID, { kind: 'foreign' }]]);
    expect(done).toEqual([]);
  });

  it('tells what it planned, saw and called', async () => {
    const { outcomes } = await kindsOf({ shown: [[], [anEni({ eniId: 'eni-new-1' })]] });

    expect(outcomes.get(INSTANCE_ID)).toMatchObject({
      kind: 'reconciled',
      calls: 3,
      plan: { slots: [{ report: { reason: 'Attached' } }] },
      observed: { ours: [{ eniId: 'eni-new-1' }] },
    });
  });
});

describe('reconcile, when something fails', () => {
  const settled = stateAfter(anObservation({ ours: [anEni()] }));
  const hostCommand = {
    digest: '',
    bootedAt: '',
    sentAt: ago(60),
    commandId: 'command-1',
    failures: Number.NaN,
  };

  it.each<[string, World]>([
    [
      'a record that cannot be stored',
      { refused: { [`record interfaces,nodeName of ${INSTANCE_ID}`]: 'Denied' } },
    ],
    [
      'a status that cannot be stored',
      { refused: { [`tell data/subnet-a=Attaching of ${INSTANCE_ID}`]: 'Denied' } },
    ],
    [
      'a record that nobody can read',
      {
        commands: { 'command-1': ENDED },
        states: [{ ...settled, spec: { ...settled.spec, hostCommand } }],
      },
    ],
  ])('goes on with the others after %s', async (_name, world) => {
    const { kinds, outcomes } = await kindsOf({ ...BATCH, ...world });

    expect(Object.fromEntries(kinds)).toEqual({ [INSTANCE_ID]: 'failed', 'i-other': 'reconciled' });
    expect(outcomes.get(INSTANCE_ID)).toHaveProperty('error', expect.any(Error));
  });

  it('says nothing of an instance whose record could not be stored before the call', async () => {
    const { dependencies, given, done } = aSmallWorld();
    const { patchSpec } = dependencies.states;
    let tries = 0;
    const states: typeof dependencies.states = {
      ...dependencies.states,
      patchSpec(id, patch) {
        tries += 1;
        if (tries === 1) return Promise.reject(new CallError('Conflict', 'Code', 'changed'));
        return patchSpec(id, patch);
      },
    };

    const outcomes = await createInstanceInterfaces({ ...dependencies, states }).reconcile(given);

    const error = expect.objectContaining({ failure: 'Conflict' });
    expect([...outcomes]).toEqual([[INSTANCE_ID, { kind: 'failed', error }]]);
    expect(done).toEqual([]);
  });

  it('fails for all instances when what all need cannot be read', async () => {
    const { outcomes, done } = await kindsOf({ ...BATCH, refused: { NodeENIs: 'Denied' } });

    const failed = { kind: 'failed', error: expect.objectContaining({ failure: 'Denied' }) };
    expect([...outcomes]).toEqual([
      [INSTANCE_ID, failed],
      ['i-other', failed],
    ]);
    expect(done).toEqual([]);
  });
});

describe('plan', () => {
  it('tells the next step of each instance, and changes nothing', async () => {
    const { interfaces, given, done } = aSmallWorld(BATCH);

    const plans = await interfaces.plan(given);

    expect([...plans]).toMatchObject([
      [INSTANCE_ID, { plan: { slots: [{ action: { type: 'create' } }] } }],
      ['i-other', { observed: { instanceId: 'i-other', node: { name: 'node-other' } } }],
    ]);
    expect(done).toEqual([]);
  });
});
