import { describe, expect, it } from 'vitest';
import type { HostStatus, SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import { isAbout, isAcknowledged, isConfigured, isReleased } from '#core/host-report.ts';
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
