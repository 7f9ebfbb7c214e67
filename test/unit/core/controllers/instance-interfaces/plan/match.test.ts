import { describe, expect, it } from 'vitest';
import { TAGS } from '#core/apis/v1alpha1/names.ts';
import type { SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import type {
  DesiredInterface,
  DesiredInterfaces,
} from '#core/controllers/instance-interfaces/plan/desired.ts';
import { match } from '#core/controllers/instance-interfaces/plan/match.ts';
import type { NetworkInterface } from '#core/ports/cloud.ts';
import {
  ATTACHMENT,
  ago,
  aNodeEni,
  anAvailableEni,
  anEni,
  anObservation,
  aRecord,
  aState,
  aSubnet,
} from '#test/support/builders.ts';

const SLOT = 'data/subnet-a';

const desiredFor = (subnetId: string): DesiredInterface => ({
  slot: `data/${subnetId}`,
  nodeEni: aNodeEni(),
  subnet: aSubnet({ subnetId }),
  groupIds: [],
  askedIndex: 2,
  isByCommand: false,
});

const desiredInterfacesFor = (...wanted: DesiredInterface[]): DesiredInterfaces => ({
  wanted,
  refused: [],
  held: new Set(),
  unaccepted: [],
  areLabelsKnown: true,
});

const matchedWith = (
  ours: readonly NetworkInterface[],
  interfaces?: Readonly<Record<string, SlotSpec>>,
) =>
  match(
    desiredInterfacesFor(desiredFor('subnet-a')),
    anObservation({ ours, ...(interfaces && { state: aState(interfaces) }) }),
  )[0];

describe('fill', () => {
  it('gives each desired interface its own ENI and its own record', () => {
    const desiredInterfaces = [desiredFor('subnet-a'), desiredFor('subnet-b')];
    const ours = [anEni({ eniId: 'eni-b', subnetId: 'subnet-b' }), anEni({ eniId: 'eni-a' })];
    const record = aRecord({ subnetId: 'subnet-b', eniId: 'eni-b' });
    const observed = anObservation({ ours, state: aState({ 'data/subnet-b': record }) });

    expect(match(desiredInterfacesFor(...desiredInterfaces), observed)).toEqual([
      { desired: desiredInterfaces[0], eni: ours[1], record: undefined },
      { desired: desiredInterfaces[1], eni: ours[0], record },
    ]);
  });

  it('leaves a desired interface open where there is nothing', () => {
    expect(matchedWith([])).toMatchObject({ eni: undefined, record: undefined });
  });

  it.each([
    { name: 'of an earlier NodeENI of this name', eni: anEni({ tags: { [TAGS.uid]: 'uid-0' } }) },
    { name: 'for another subnet', eni: anEni({ subnetId: 'subnet-b' }) },
    { name: 'of another name', eni: anEni({ tags: { [TAGS.name]: 'voice' } }) },
    {
      name: 'that somebody attached elsewhere',
      eni: anEni({ attachment: { ...ATTACHMENT, instanceId: 'i-other' } }),
    },
  ])('uses no ENI $name', ({ eni }) => {
    expect(matchedWith([eni], { [SLOT]: aRecord() })?.eni).toBeUndefined();
  });

  it('uses one that is elsewhere no longer', () => {
    const eni = anEni({ attachment: { ...ATTACHMENT, instanceId: 'i-other', status: 'detached' } });

    expect(matchedWith([eni])?.eni).toBe(eni);
  });

  it.each([
    {
      name: 'the recorded one before an attached one',
      kept: anAvailableEni({ eniId: 'eni-1', tags: { [TAGS.createdAt]: ago(10) } }),
      left: anEni({ eniId: 'eni-2', tags: { [TAGS.createdAt]: ago(90) } }),
    },
    {
      name: 'an attached one before an older one',
      kept: anEni({ eniId: 'eni-2', tags: { [TAGS.createdAt]: ago(10) } }),
      left: anAvailableEni({ eniId: 'eni-3', tags: { [TAGS.createdAt]: ago(90) } }),
    },
    {
      name: 'the oldest of those that are alike',
      kept: anAvailableEni({ eniId: 'eni-3', tags: { [TAGS.createdAt]: ago(90) } }),
      left: anAvailableEni({ eniId: 'eni-2', tags: { [TAGS.createdAt]: ago(10) } }),
    },
  ])('keeps $name', ({ kept, left }) => {
    const records = { [SLOT]: aRecord({ eniId: 'eni-1' }) };

    expect(matchedWith([kept, left], records)?.eni).toBe(kept);
    expect(matchedWith([left, kept], records)?.eni).toBe(kept);
  });

  it('copes with ENIs that tell no time', () => {
    const { [TAGS.createdAt]: _, ...tags } = anAvailableEni().tags;
    const undated = { ...anAvailableEni({ eniId: 'eni-2' }), tags };

    expect(matchedWith([anAvailableEni(), undated])?.eni).toBe(undated);
    expect(matchedWith([undated, anAvailableEni()])?.eni).toBe(undated);
  });
});
