import { expect, it } from 'vitest';
import { createInstanceTroubles } from '#providers/kubernetes/instance-troubles.ts';
import { EVENTS } from '#providers/kubernetes/resources.ts';
import { SimulatedKubernetes } from '#simulator/kubernetes/simulated-kubernetes.ts';
import { VirtualClock } from '#simulator/virtual-clock.ts';

const ID = 'i-0123456789abcdef0';

const setUp = () => {
  const clock = new VirtualClock();
  const kubernetes = new SimulatedKubernetes({ clock });
  return { clock, kubernetes, troubles: createInstanceTroubles({ kubernetes, clock }) };
};

it('tells again what was recorded last, each kind by itself', async () => {
  const { troubles } = setUp();
  await troubles.record(ID, 'ReconcileFailed', { reason: 'Error', message: 'first' });
  await troubles.record(ID, 'ReconcileFailed', { reason: 'AccessDenied', message: 'a: denied: b' });

  expect(await troubles.find(ID, 'ReconcileFailed')).toEqual({
    reason: 'AccessDenied',
    message: 'a: denied: b',
  });
  expect(await troubles.find(ID, 'StartupTaintStuck')).toBeUndefined();
  expect(await troubles.find('i-other', 'ReconcileFailed')).toBeUndefined();
});

it('is one Event about the state object, counted up', async () => {
  const { kubernetes, troubles } = setUp();
  for (let count = 0; count < 3; count += 1)
    await troubles.record(ID, 'ReconcileFailed', { reason: 'Error', message: 'again' });

  expect((await kubernetes.list(EVENTS)).items).toMatchObject([
    {
      type: 'Warning',
      reason: 'ReconcileFailed',
      message: 'Error: again',
      count: 3,
      involvedObject: { kind: 'NodeENIState', name: ID },
    },
  ]);
});

it('says nothing of what is too old to be still so', async () => {
  const { clock, troubles } = setUp();
  await troubles.record(ID, 'ReconcileFailed', { reason: 'Error', message: 'once' });

  await clock.advanceBy(900_000);
  expect(await troubles.find(ID, 'ReconcileFailed')).toBeDefined();
  await clock.advanceBy(1000);
  expect(await troubles.find(ID, 'ReconcileFailed')).toBeUndefined();
});
