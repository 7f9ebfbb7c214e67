import { describe, expect, it } from 'vitest';
import { planInstance } from '#core/controllers/instance-interfaces/plan.ts';
import { nextLookSeconds } from '#core/controllers/instance-interfaces/status.ts';
import { anAvailableEni, anEni, anInstance, anObservation } from '#test/support/builders.ts';

const SETTLED = anObservation({ ours: [anEni()] });
const PENDING = anObservation({
  ours: [anAvailableEni()],
  instance: anInstance({ state: 'pending' }),
});

describe('nextLookSeconds', () => {
  it.each([
    { name: 'nothing changes', observed: SETTLED, hostSeconds: undefined, seconds: undefined },
    { name: 'only a slot changes', observed: PENDING, hostSeconds: undefined, seconds: 15 },
    { name: 'only the host is waited for', observed: SETTLED, hostSeconds: 60, seconds: 60 },
    { name: 'a slot comes before the host', observed: PENDING, hostSeconds: 60, seconds: 15 },
    { name: 'the host comes before a slot', observed: PENDING, hostSeconds: 5, seconds: 5 },
    {
      name: 'a sweep comes before the host',
      observed: SETTLED,
      hostSeconds: 3600,
      seconds: undefined,
    },
  ])('is $seconds when $name', ({ observed, hostSeconds, seconds }) => {
    expect(nextLookSeconds(planInstance(observed), observed, hostSeconds)).toBe(seconds);
  });
});
