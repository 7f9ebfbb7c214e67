import { describe, expect, it } from 'vitest';
import { planInstance } from '#core/controllers/instance-interfaces/plan/plan.ts';
import type { Observed } from '#core/instance/observed.ts';
import {
  ATTACHMENT,
  aNodeEni,
  anAvailableEni,
  anEni,
  anInstance,
  anObservation,
} from '#test/support/builders.ts';

const slotsOf = (observed: Partial<Observed>) => planInstance(anObservation(observed)).slots;

describe('planInstance, for an instance as a whole', () => {
  const gone = { instance: anInstance({ state: 'terminated', interfaces: [] }) };

  it('concludes nothing while the instance is shutting down', () => {
    const instance = anInstance({ state: 'shutting-down' });

    expect(planInstance(anObservation({ instance, ours: [anEni()] }))).toEqual({
      slots: [],
      areLabelsKnown: false,
      unaccepted: [],
      postponed: [],
      isUndecided: true,
      isFinished: false,
    });
  });

  it('passes on whether labels are known and who is not accepted', () => {
    const nodeEnis = [aNodeEni({}, { finalizers: [] }), aNodeEni({}, { name: 'voice' })];

    expect(planInstance(anObservation({ nodeEnis }))).toMatchObject({
      areLabelsKnown: true,
      unaccepted: ['data'],
      isUndecided: false,
      isFinished: false,
    });
  });

  it.each([
    { name: 'nothing is left', observed: gone, isFinished: true },
    { name: 'an ENI is left', observed: { ...gone, ours: [anAvailableEni()] }, isFinished: false },
    { name: 'it lives', observed: { nodeEnis: [] }, isFinished: false },
    {
      name: 'one is kept',
      observed: {
        ...gone,
        ours: [anAvailableEni()],
        nodeEnis: [aNodeEni({ deleteOnTermination: false })],
      },
      isFinished: false,
    },
    {
      name: 'an ENI is given up',
      observed: {
        ...gone,
        ours: [anEni({ attachment: { ...ATTACHMENT, instanceId: 'i-other' } })],
      },
      isFinished: false,
    },
  ])('is finished with it when $name: $isFinished', ({ observed, isFinished }) => {
    expect(planInstance(anObservation(observed)).isFinished).toBe(isFinished);
  });

  it('wants nothing on one that has ended', () => {
    expect(slotsOf({ ...gone, subnets: [] })).toEqual([]);
    expect(
      planInstance(anObservation({ ...gone, nodeEnis: [aNodeEni({}, { finalizers: [] })] })),
    ).toMatchObject({ slots: [], unaccepted: [] });
  });
});
