import { describe, expect, it } from 'vitest';
import { TAGS } from '#core/apis/v1alpha1/names.ts';
import { assemble } from '#core/controllers/instance-interfaces/observe/assemble.ts';
import type { Snapshot } from '#core/controllers/instance-interfaces/observe/snapshot.ts';
import type { NetworkInterface } from '#core/ports/cloud.ts';
import {
  ago,
  aNode,
  aNodeEni,
  anEni,
  anInstance,
  anObservation,
  aRecord,
  aState,
  INSTANCE_ID,
} from '#test/support/builders.ts';
import { someSnapshot } from './some-readings.ts';

const observed = (snapshot: Partial<Snapshot> = {}) =>
  assemble(INSTANCE_ID, someSnapshot(snapshot));

const idsOf = (enis: readonly NetworkInterface[]) => enis.map(({ eniId }) => eniId);

describe('what is known of one instance', () => {
  it('is its own part of what was read', () => {
    const limits = anObservation().limits;
    const snapshot = {
      instances: new Map([[INSTANCE_ID, anInstance()]]),
      nodes: new Map([
        [INSTANCE_ID, aNode()],
        ['i-other', aNode({ name: 'other' })],
      ]),
      limits: new Map(limits && [[limits.instanceType, limits]]),
      predictions: new Map([[INSTANCE_ID, { ng: 'a' }]]),
      states: new Map([[INSTANCE_ID, aState()]]),
      runCommand: { isUsual: false },
      nodeEnis: { items: [aNodeEni()], invalid: [] },
      ours: [anEni()],
    };

    expect(observed(snapshot)).toEqual(
      anObservation({
        subnets: [],
        securityGroups: [],
        predictedLabels: { ng: 'a' },
        state: aState(),
        runCommand: { isUsual: false },
        ours: [anEni()],
      }),
    );
  });

  it('has no part that was not found', () => {
    const keys = Object.keys(observed()).toSorted();

    expect(keys).toEqual([
      'cluster',
      'deletedSlots',
      'forgotten',
      'instanceId',
      'invalidNodeEnis',
      'isTerminating',
      'nodeEnis',
      'now',
      'ours',
      'securityGroups',
      'subnets',
      'unadopted',
    ]);
    expect(observed()).toMatchObject({
      deletedSlots: [],
      forgotten: [],
      isTerminating: false,
      ours: [],
    });
  });

  it('tells whether the instance is ending', () => {
    const endings = [INSTANCE_ID, 'i-other'].map(
      (id) => observed({ terminating: new Set([id]) }).isTerminating,
    );

    expect(endings).toEqual([true, false]);
  });

  it('names the NodeENIs that nobody can read, but for those that are being deleted', () => {
    const { metadata } = aNodeEni();
    const invalid = [
      { name: 'broken', metadata, faults: [] },
      { name: 'leaving', metadata: { ...metadata, deletionTimestamp: ago(5) }, faults: [] },
    ];

    expect(observed({ nodeEnis: { items: [], invalid } }).invalidNodeEnis).toMatchObject([
      { name: 'broken' },
    ]);
  });
});

describe('the ENIs of an instance', () => {
  it.each<[string, Partial<Snapshot>, readonly string[]]>([
    ['those with its tag', { ours: [anEni(), anEni({ eniId: 'eni-2' })] }, ['eni-1', 'eni-2']],
    ['not those of another', { ours: [anEni({ tags: { [TAGS.instance]: 'i-other' } })] }, []],
    ['those found by their id', { named: [anEni()] }, ['eni-1']],
    ['one once that is seen and found', { ours: [anEni()], named: [anEni()] }, ['eni-1']],
    ['not one of another cluster', { named: [anEni({ tags: { [TAGS.cluster]: 'test' } })] }, []],
    [
      'not one of another cluster of this name',
      { named: [anEni({ tags: { [TAGS.clusterUid]: 'another' } })] },
      [],
    ],
  ])('are %s', (_name, snapshot, ids) => {
    expect(idsOf(observed(snapshot).ours)).toEqual(ids);
  });
});

describe('the command of an instance', () => {
  const command = {
    digest: 'digest',
    bootedAt: ago(3600),
    sentAt: ago(10),
    commandId: 'command-1',
    failures: 0,
  };
  const states = new Map([
    [INSTANCE_ID, { ...aState({ 'data/subnet-a': aRecord() }), spec: { hostCommand: command } }],
  ]);
  const ended = {
    state: 'ended',
    status: 'Success',
    output: JSON.stringify({ converged: true }),
    errorOutput: '',
  } as const;

  it('is part of the state with its end, once it has ended', () => {
    const { answer, state } = observed({ states, invocations: new Map([[INSTANCE_ID, ended]]) });

    expect(answer?.command.outcome?.reason).toBe('Applied');
    expect(state?.spec.hostCommand).toEqual(answer?.command);
  });

  it.each<[string, Partial<Snapshot>]>([
    ['while it runs', { invocations: new Map([[INSTANCE_ID, { state: 'running' }]]) }],
    ['while that of another instance has ended', { invocations: new Map([['i-other', ended]]) }],
    ['when nobody has asked', {}],
  ])('stays as it is stored %s', (_name, snapshot) => {
    const { answer, state } = observed({ states, ...snapshot });

    expect(answer).toBeUndefined();
    expect(state).toBe(states.get(INSTANCE_ID));
  });
});
