import { describe, expect, it } from 'vitest';
import type { HostStatus, SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import {
  isAbout,
  isAcknowledged,
  isConfigured,
  isReleased,
  unconfiguredReason,
} from '#core/host-report.ts';
import { HOST_FIELDS, laterPartsOf } from '#core/instance/host-fields.ts';
import { aRecord } from '#test/support/builders.ts';

const record = aRecord({ eniId: 'eni-1', generation: 3 });
const releasing: SlotSpec = { ...record, phase: 'Releasing' };

const aHost = (host: Partial<HostStatus> = {}): HostStatus => ({
  eniId: 'eni-1',
  generation: 3,
  configured: true,
  released: true,
  ...host,
});

const OF_ANOTHER = [
  { whose: 'another ENI', host: { eniId: 'eni-2' } },
  { whose: 'an earlier generation', host: { generation: 2 } },
  { whose: 'a later generation', host: { generation: 4 } },
];

describe('What a host says', () => {
  it('is about the ENI and the generation it names, both of them', () => {
    expect(isAbout(aHost(), record)).toBe(true);
  });

  it.each(OF_ANOTHER)('counts for nothing when it is of $whose', ({ host }) => {
    const said = aHost(host);

    expect(isAbout(said, record)).toBe(false);
    expect(isConfigured(said, record)).toBe(false);
    expect(isReleased(said, record)).toBe(false);
    expect(isAcknowledged(said, record)).toBe(false);
    expect(isAcknowledged(said, releasing)).toBe(false);
  });

  it.each([
    { what: 'that it is set up', host: { released: false }, configured: true, released: false },
    { what: 'that it let go', host: { configured: false }, configured: false, released: true },
    {
      what: 'that it has done neither',
      host: { configured: false, released: false },
      configured: false,
      released: false,
    },
  ])('is taken at its word: $what', ({ host, configured, released }) => {
    expect(isConfigured(aHost(host), record)).toBe(configured);
    expect(isReleased(aHost(host), record)).toBe(released);
  });

  it('means nothing while it leaves both words out', () => {
    const silent: HostStatus = { eniId: 'eni-1', generation: 3 };

    expect(isConfigured(silent, record)).toBe(false);
    expect(isReleased(silent, record)).toBe(false);
  });

  it('means nothing where there is no host or no record', () => {
    expect(isConfigured(undefined, record)).toBe(false);
    expect(isConfigured(aHost(), undefined)).toBe(false);
    expect(isConfigured(undefined, undefined)).toBe(false);
    expect(isReleased(undefined, record)).toBe(false);
  });

  it('is measured by what the slot asks: to be set up, or to be let go of', () => {
    const setUp = aHost({ released: false });
    const letGo = aHost({ configured: false });

    expect(isAcknowledged(setUp, record)).toBe(true);
    expect(isAcknowledged(setUp, releasing)).toBe(false);
    expect(isAcknowledged(letGo, record)).toBe(false);
    expect(isAcknowledged(letGo, releasing)).toBe(true);
  });
});

describe('What a host says of parts that not every agent knows', () => {
  const asking = aRecord({
    ...{ eniId: 'eni-1', generation: 3, linkName: 'sig0', linkMode: 'Addressed' },
    link: { rings: { rx: 512 } },
  });
  const understood = {
    generation: 3,
    parts: ['linkName', 'link', 'linkMode Addressed'],
  };

  it('counts when it names all of them', () => {
    expect(isConfigured(aHost({ understood }), asking)).toBe(true);
  });

  it.each([
    ['nothing is named, as by the first agents', undefined],
    ['one of them is missing', { ...understood, parts: ['linkName', 'link'] }],
    ['they were named in an earlier generation', { ...understood, generation: 2 }],
  ])('counts for nothing when %s', (_when, named) => {
    const said = aHost(named && { understood: named });

    expect(isConfigured(said, asking)).toBe(false);
    expect(isAcknowledged(said, asking)).toBe(false);
  });

  it('is told by the names of what is missing', () => {
    const host = aHost({ understood: { ...understood, parts: ['link'] } });

    expect(unconfiguredReason({ record: asking, host, hasAgent: true })).toEqual({
      reason: 'AgentTooOld',
      message:
        'The agent of this host does not know linkName, linkMode Addressed, and has done all but that: update it.',
    });
  });

  it('hides no reason of the host for not being done', () => {
    const host = aHost({ configured: false, reason: 'DeviceNotSeen', message: 'No device.' });

    expect(unconfiguredReason({ record: asking, host, hasAgent: true })).toEqual({
      reason: 'DeviceNotSeen',
      message: 'No device.',
    });
  });

  it('is not asked for when the host lets go', () => {
    expect(isAcknowledged(aHost(), { ...asking, phase: 'Releasing' })).toBe(true);
  });
});

describe('HOST_FIELDS', () => {
  it('are what the first agents knew, and what laterPartsOf names', () => {
    const everything = Object.fromEntries(HOST_FIELDS.map((field) => [field, {}]));

    const later = laterPartsOf({ ...record, ...everything, linkMode: 'Up' } as SlotSpec);

    // A field that is new belongs among the later ones: an agent of yesterday drops it, and acknowledges the rest.
    expect(HOST_FIELDS.filter((field) => !later.includes(field))).toHaveLength(15);
  });
});
