import { describe, expect, it } from 'vitest';
import { TAGS } from '#core/apis/v1alpha1/names.ts';
import type { SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { Wish, Wishes } from '#core/controllers/instance-interfaces/plan/desired.ts';
import { fill } from '#core/controllers/instance-interfaces/plan/match.ts';
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

const wishFor = (subnetId: string): Wish => ({
  slot: `data/${subnetId}`,
  nodeEni: aNodeEni(),
  subnet: aSubnet({ subnetId }),
  groupIds: [],
  askedIndex: 2,
  isByCommand: false,
});

const wishesFor = (...wanted: Wish[]): Wishes => ({
  wanted,
  refused: [],
  held: new Set(),
  unaccepted: [],
  areLabelsKnown: true,
});

const filledWith = (
  ours: readonly NetworkInterface[],
  interfaces?: Readonly<Record<string, SlotSpec>>,
) =>
  fill(
    wishesFor(wishFor('subnet-a')),
    anObservation({ ours, ...(interfaces && { state: aState(interfaces) }) }),
  )[0];

describe('fill', () => {
  it('gives each wish its own ENI and its own record', () => {
    const wishes = [wishFor('subnet-a'), wishFor('subnet-b')];
    const ours = [anEni({ eniId: 'eni-b', subnetId: 'subnet-b' }), anEni({ eniId: 'eni-a' })];
    const record = aRecord({ subnetId: 'subnet-b', eniId: 'eni-b' });
    const observed = anObservation({ ours, state: aState({ 'data/subnet-b': record }) });

    expect(fill(wishesFor(...wishes), observed)).toEqual([
      { wish: wishes[0], eni: ours[1], record: undefined },
      { wish: wishes[1], eni: ours[0], record },
    ]);
  });

  it('leaves a wish open where there is nothing', () => {
    expect(filledWith([])).toMatchObject({ eni: undefined, record: undefined });
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
    expect(filledWith([eni], { [SLOT]: aRecord() })?.eni).toBeUndefined();
  });

  it('uses one that is elsewhere no longer', () => {
    const eni = anEni({ attachment: { ...ATTACHMENT, instanceId: 'i-other', status: 'detached' } });

    expect(filledWith([eni])?.eni).toBe(eni);
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

    expect(filledWith([kept, left], records)?.eni).toBe(kept);
    expect(filledWith([left, kept], records)?.eni).toBe(kept);
  });

  it('bears ENIs that tell no time', () => {
    const { [TAGS.createdAt]: _, ...tags } = anAvailableEni().tags;
    const undated = { ...anAvailableEni({ eniId: 'eni-2' }), tags };

    expect(filledWith([anAvailableEni(), undated])?.eni).toBe(undated);
    expect(filledWith([undated, anAvailableEni()])?.eni).toBe(undated);
  });
});
