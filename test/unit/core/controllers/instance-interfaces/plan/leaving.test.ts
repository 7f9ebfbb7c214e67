import { describe, expect, it } from 'vitest';
import { TAGS } from '#core/apis/v1alpha1/names.ts';
import type { SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { DesiredInterfaces } from '#core/controllers/instance-interfaces/plan/desired.ts';
import { planLeaving } from '#core/controllers/instance-interfaces/plan/leaving.ts';
import type { MatchedInterface } from '#core/controllers/instance-interfaces/plan/match.ts';
import type { Observed } from '#core/instance/observed.ts';
import type { NetworkInterface } from '#core/ports/cloud.ts';
import {
  ATTACHMENT,
  ago,
  aNodeEni,
  anAvailableEni,
  anEni,
  anInstance,
  anObservation,
  aRecord,
  aState,
  aSubnet,
} from '#test/support/builders.ts';

const SLOT = 'data/subnet-a';
const MARKED = { [TAGS.orphanSince]: ago(600) };

const NOTHING: DesiredInterfaces = {
  wanted: [],
  refused: [],
  held: new Set(),
  unaccepted: [],
  areLabelsKnown: true,
};

const aMatchedInterface = (eni?: NetworkInterface, uid = 'uid-of-data'): MatchedInterface => ({
  desired: {
    slot: SLOT,
    nodeEni: aNodeEni({}, { uid }),
    subnet: aSubnet(),
    groupIds: [],
    askedIndex: 2,
    isByCommand: false,
  },
  eni,
  record: undefined,
});

interface ReconcileInput {
  readonly matched?: readonly MatchedInterface[];
  readonly records?: Readonly<Record<string, SlotSpec>>;
  readonly ours?: readonly NetworkInterface[];
  readonly observed?: Partial<Observed>;
}

/** Slot and call of each step, where no NodeENI is held. */
const steps = ({ matched = [], records = {}, ours = [], observed = {} }: ReconcileInput) =>
  planLeaving(matched, NOTHING, anObservation({ ours, state: aState(records), ...observed })).map(
    ({ slot, nodeEni, action, record }) => ({
      slot,
      nodeEni,
      call: action?.type,
      eniId: action !== undefined && 'eniId' in action ? action.eniId : undefined,
      isForgotten: record === null,
    }),
  );

const step = (step: Partial<ReturnType<typeof steps>[number]>) => ({
  slot: SLOT,
  nodeEni: 'data',
  call: undefined,
  eniId: undefined,
  isForgotten: false,
  ...step,
});

describe('planLeaving, for what is recorded', () => {
  it('leaves alone what serves a desired interface', () => {
    const eni = anEni();

    expect(
      steps({ matched: [aMatchedInterface(eni)], records: { [SLOT]: aRecord() }, ours: [eni] }),
    ).toEqual([]);
  });

  it('releases the record of an earlier NodeENI whose slot is wanted anew', () => {
    const given = {
      matched: [aMatchedInterface(undefined, 'uid-2')],
      records: { [SLOT]: aRecord() },
      ours: [anAvailableEni()],
    };

    expect(steps(given)).toEqual([step({ call: 'delete', eniId: 'eni-1' })]);
  });

  it('releases a slot beside one that is wanted by the same NodeENI', () => {
    const other = anAvailableEni({ eniId: 'eni-2', subnetId: 'subnet-b' });
    const records = { 'data/subnet-b': aRecord({ eniId: 'eni-2', subnetId: 'subnet-b' }) };

    expect(steps({ matched: [aMatchedInterface()], records, ours: [other] })).toEqual([
      step({ slot: 'data/subnet-b', call: 'delete', eniId: 'eni-2' }),
    ]);
  });

  it.each([
    { name: 'of its id, whatever the tags say', tags: { [TAGS.uid]: 'uid-0' }, eniId: 'eni-1' },
    { name: 'of its slot and NodeENI, where no answer told the id', tags: {}, eniId: 'eni-2' },
  ])('takes the ENI $name for the recorded one', ({ tags, eniId }) => {
    const records = { [SLOT]: aRecord({ eniId: 'eni-1' }) };

    expect(steps({ records, ours: [anAvailableEni({ eniId, tags })] })).toEqual([
      step({ call: 'delete', eniId }),
    ]);
  });

  it.each([
    { name: 'of another slot', eni: { subnetId: 'subnet-b', tags: MARKED }, slot: 'data/subnet-b' },
    {
      name: 'of an earlier NodeENI',
      eni: { tags: { ...MARKED, [TAGS.uid]: 'uid-0' } },
      slot: 'data/subnet-a#eni-2',
    },
  ])('takes an ENI $name for another one, and forgets the record', ({ eni, slot }) => {
    const given = {
      records: { [SLOT]: aRecord() },
      ours: [anAvailableEni({ eniId: 'eni-2', ...eni })],
    };

    expect(steps({ ...given, observed: { nodeEnis: [] } })).toEqual([
      step({ isForgotten: true }),
      step({ slot, call: 'delete', eniId: 'eni-2' }),
    ]);
  });
});

describe('planLeaving, for a record that another cluster of the name made (seed 2549)', () => {
  const { create, ...record } = aRecord({ nodeEniUid: 'uid-of-before' });
  const foreign = {
    ...record,
    ...(create && {
      create: { ...create, tags: { [TAGS.clusterUid]: 'uid-of-the-cluster-before' } },
    }),
  };

  it('forgets it, and touches nothing of what that cluster made', () => {
    expect(steps({ records: { [SLOT]: foreign } })).toEqual([step({ isForgotten: true })]);
  });

  it('forgets it before the slot is matched anew', () => {
    const given = {
      matched: [aMatchedInterface(undefined, 'uid-2')],
      records: { [SLOT]: foreign },
    };

    expect(steps(given)).toEqual([step({ isForgotten: true })]);
  });
});

describe('planLeaving, for what carries no tags of ours any more', () => {
  const records = { [SLOT]: aRecord({ phase: 'Releasing' }) };
  const eni = anEni({ tags: {} });
  const unadopted = [{ nodeEni: 'data', eni }];

  it('asks for its adoption', () => {
    const plans = planLeaving([], NOTHING, anObservation({ state: aState(records), unadopted }));

    expect(plans).toMatchObject([{ slot: SLOT, report: { reason: 'NeedsAdoption' } }]);
    expect(plans[0]).not.toHaveProperty('record');
  });

  it('forgets it where the instance that it was made for has given it up (seed 9673)', () => {
    const row = { eniID: eni.eniId, instanceID: 'i-other', reason: 'AttachedElsewhere' };
    const nodeEnis = [{ ...aNodeEni(), status: { attachments: [row] } }];

    expect(steps({ records, observed: { unadopted, nodeEnis } })).toEqual([
      step({ isForgotten: true }),
    ]);
  });
});

describe('planLeaving, for what nobody recorded', () => {
  it('releases it in the slot of its tags', () => {
    expect(steps({ ours: [anAvailableEni()] })).toEqual([step({ call: 'delete', eniId: 'eni-1' })]);
  });

  it.each([
    { name: 'wanted', matched: [aMatchedInterface(anEni())], records: {}, ours: [anEni()] },
    { name: 'recorded', matched: [], records: { [SLOT]: aRecord() }, ours: [] },
  ])('releases a second one under its own key when the slot is $name', (given) => {
    const second = anAvailableEni({ eniId: 'eni-2', tags: { [TAGS.uid]: 'uid-0', ...MARKED } });

    expect(steps({ ...given, ours: [...given.ours, second] })).toContainEqual(
      step({ slot: 'data/subnet-a#eni-2', call: 'delete', eniId: 'eni-2' }),
    );
  });

  it('keeps no second one after the instance, whatever its NodeENI says', () => {
    const nodeEnis = [aNodeEni({ deleteOnTermination: false })];
    const ours = [anAvailableEni(), anAvailableEni({ eniId: 'eni-2' })];
    const observed = { nodeEnis, instance: anInstance({ state: 'terminated' }) };

    expect(steps({ records: { [SLOT]: aRecord() }, ours, observed })).toEqual([
      step({}),
      step({ slot: 'data/subnet-a#eni-2', call: 'delete', eniId: 'eni-2' }),
    ]);
  });

  it('finds them where nothing is recorded of the instance', () => {
    const state = { ...aState(), spec: {} };

    expect(steps({ ours: [anEni()], observed: { state } })).toEqual([
      step({ call: 'detach', eniId: 'eni-1' }),
    ]);
    expect(planLeaving([], NOTHING, anObservation({ ours: [anEni()] }))).toMatchObject([
      { slot: SLOT, action: { type: 'detach', eniId: 'eni-1' } },
    ]);
  });

  it.each([
    { name: 'that has forgotten it', record: aRecord({ eniId: undefined }) },
    { name: 'that names it as well', record: aRecord() },
  ])('calls EC2 once for one that is recorded beside its slot $name (seed 3965)', ({ record }) => {
    const surplus = `${SLOT}#eni-1`;
    const records = { [SLOT]: record, [surplus]: aRecord({ phase: 'Releasing' }) };

    const calls = steps({ ours: [anAvailableEni()], records }).filter(({ call }) => call);

    expect(calls).toHaveLength(1);
  });

  it('gives up what somebody attached elsewhere', () => {
    const eni = anEni({ attachment: { ...ATTACHMENT, instanceId: 'i-other' } });

    expect(steps({ ours: [eni] })).toEqual([step({ call: 'give-up', eniId: 'eni-1' })]);
  });
});
