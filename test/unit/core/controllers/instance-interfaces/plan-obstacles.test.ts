import { describe, expect, it } from 'vitest';
import type { Seat } from '#core/controllers/instance-interfaces/device-index.ts';
import type { Observed } from '#core/controllers/instance-interfaces/observed.ts';
import { planWanted } from '#core/controllers/instance-interfaces/plan-wanted.ts';
import type { NetworkInterface, Subnet } from '#core/ports/cloud.ts';
import {
  aNodeEni,
  anAvailableEni,
  anInstance,
  anObservation,
  aSubnet,
  INSTANCE_ID,
  without,
} from '#test/support/builders.ts';

const SLOT = 'data/subnet-a';

interface Given {
  readonly eni?: NetworkInterface;
  readonly seat?: Seat;
  readonly subnet?: Partial<Subnet>;
  readonly observed?: Partial<Observed>;
}

const planOf = (given: Given, observation = anObservation()) =>
  planWanted({
    wish: {
      slot: SLOT,
      nodeEni: aNodeEni(),
      subnet: aSubnet(given.subnet),
      groupIds: ['sg-1'],
      askedIndex: 2,
      isByCommand: false,
    },
    eni: given.eni,
    record: undefined,
    seat: given.seat ?? { deviceIndex: 2 },
    observed: { ...observation, ...given.observed },
  });

describe('planWanted, for what keeps an ENI from being made or attached', () => {
  const ENDING = {
    phase: 'Pending',
    reason: 'InstanceEnding',
    message: 'The instance is stopping or terminating.',
  };
  const UNSUPPORTED = {
    phase: 'Failed',
    reason: 'UnsupportedNode',
    message: `${INSTANCE_ID} is managed by eks.amazonaws.com, which lets nobody else attach interfaces.`,
  };
  const FAULT = { reason: 'InstanceLimitReached', message: 'All are in use.' };
  const managed = anInstance({ operator: 'eks.amazonaws.com', state: 'stopping' });

  it.each<{ name: string; given: Given; report: object }>([
    {
      name: 'somebody else runs it',
      given: { observed: { instance: managed } },
      report: UNSUPPORTED,
    },
    { name: 'it is about to end', given: { observed: { isTerminating: true } }, report: ENDING },
    {
      name: 'it is stopping',
      given: { observed: { instance: anInstance({ state: 'stopping' }) } },
      report: ENDING,
    },
    {
      name: 'it has no seat',
      given: { seat: { fault: FAULT } },
      report: { phase: 'Failed', ...FAULT },
    },
  ])('makes and attaches nothing on an instance when $name', ({ given, report }) => {
    const subnet = { availableAddresses: 0 };

    expect(planOf({ ...given, subnet })).toEqual({ slot: SLOT, nodeEni: 'data', report });
    expect(planOf({ ...given, eni: anAvailableEni() })).toEqual({
      slot: SLOT,
      nodeEni: 'data',
      record: expect.objectContaining({ eniId: 'eni-1', phase: 'Present' }),
      report,
    });
  });

  it('makes nothing for an instance that EC2 does not show', () => {
    expect(planOf({}, without(anObservation(), 'instance')).report).toEqual(ENDING);
  });

  it.each(['pending', 'running', 'stopped'] as const)('makes one for a %s instance', (state) => {
    const instance = anInstance({ state });

    expect(planOf({ observed: { instance } }).action?.type).toBe('create');
  });

  it('looks again for free addresses, and is content with one', () => {
    expect(planOf({ subnet: { availableAddresses: 0 } })).toEqual({
      slot: SLOT,
      nodeEni: 'data',
      report: {
        phase: 'Failed',
        reason: 'SubnetFull',
        message: 'subnet-a has no free address. Free some or use another subnet.',
      },
      lookAgainSeconds: 60,
    });
    expect(planOf({ subnet: { availableAddresses: 1 } }).action?.type).toBe('create');
  });

  it('needs no free address for an ENI that has its own', () => {
    const subnet = { availableAddresses: 0 };

    expect(planOf({ eni: anAvailableEni(), subnet }).action?.type).toBe('attach');
  });
});
