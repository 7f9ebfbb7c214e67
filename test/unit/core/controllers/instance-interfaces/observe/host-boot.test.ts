import { describe, expect, it } from 'vitest';
import type { HostStatus, NodeEniState } from '#core/apis/v1alpha1/node-eni-state.ts';
import {
  hostBootOf,
  voidedRows,
  withRows,
} from '#core/controllers/instance-interfaces/observe/host-boot.ts';
import { anInstance, anObservation, aRecord, aState, without } from '#test/support/builders.ts';

const SLOT = 'data/subnet-a';
const INSTANCE = anInstance();
const LAUNCHED = INSTANCE.launchTime.toISOString();
const EARLIER = '2020-01-01T00:00:00.000Z';
const ROW: HostStatus = {
  eniId: 'eni-1',
  generation: 3,
  configured: true,
  released: true,
  interfaceName: 'eth2',
  driver: 'vfio-pci',
  pciAddress: '0000:00:06.0',
};

/** A state object whose host has said this, since that start of the instance. */
const told = (
  hostBootedAt: string | undefined,
  { host, record = {} }: { host?: Record<string, HostStatus>; record?: { host?: 'SSM' } } = {},
): NodeEniState => {
  const { spec, ...state } = aState({ [SLOT]: aRecord(record) });
  return {
    ...state,
    spec: { ...spec, ...(hostBootedAt && { hostBootedAt }) },
    status: { host: host ?? { [SLOT]: ROW } },
  };
};

describe('what an agent said before its instance was started again', () => {
  it('is void: nothing is set up, nothing is let go, and only where the device was seen stays', () => {
    expect(voidedRows(told(EARLIER), INSTANCE)).toEqual({
      [SLOT]: {
        eniId: 'eni-1',
        generation: 3,
        pciAddress: '0000:00:06.0',
        configured: false,
        reason: 'HostRestarted',
        message: expect.stringContaining('started again'),
      },
    });
  });

  it.each([
    { when: 'the instance has run since', state: told(LAUNCHED), instance: INSTANCE },
    { when: 'nobody knows since when it was said', state: told(undefined), instance: INSTANCE },
    { when: 'EC2 does not show the instance', state: told(EARLIER), instance: undefined },
    { when: 'nothing was said', state: told(EARLIER, { host: {} }), instance: INSTANCE },
    {
      when: 'commands configure the host',
      state: told(EARLIER, { record: { host: 'SSM' } }),
      instance: INSTANCE,
    },
  ])('is kept where $when', ({ state, instance }) => {
    expect(voidedRows(state, instance)).toEqual({});
  });

  it('stands beside the rows of other slots', () => {
    const other = { 'voice/subnet-a': ROW };
    const state = withRows(told(EARLIER, { host: other }), { [SLOT]: ROW });

    expect(state.status?.host).toEqual({ ...other, [SLOT]: ROW });
  });
});

describe('the start that the rows of an agent speak of', () => {
  it('is the last one, once an agent has reported', () => {
    expect(hostBootOf(anObservation({ instance: INSTANCE, state: told(EARLIER) }))).toBe(LAUNCHED);
  });

  it.each([
    { who: 'nobody has', observed: anObservation({ state: told(undefined, { host: {} }) }) },
    { who: 'there is no state object', observed: without(anObservation(), 'state') },
    {
      who: 'only a command has',
      observed: anObservation({ state: told(undefined, { record: { host: 'SSM' } }) }),
    },
  ])('is not told while $who', ({ observed }) => {
    expect(hostBootOf(observed)).toBeUndefined();
  });
});
