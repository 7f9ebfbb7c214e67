import { describe, expect, it } from 'vitest';
import type { HostStatus } from '#core/apis/v1alpha1/node-eni-state.ts';
import { createSettleTimes } from '../../../../node-agent/agent/settle-times.ts';
import { SLOT } from '../builders.ts';

const WAITING: HostStatus = { eniId: 'eni-06', generation: 1, configured: false };
const DONE: HostStatus = { eniId: 'eni-06', generation: 1, configured: true };

const start = () => {
  let time = 0;
  const times = createSettleTimes(() => time);
  const lookFor = (seconds: number, host: HostStatus): readonly number[] => {
    times.beginLook();
    time += seconds;
    return times.endLook({ [SLOT]: host });
  };
  const elapse = (seconds: number): void => {
    time += seconds;
  };
  return { times, lookFor, elapse };
};

describe('createSettleTimes', () => {
  it('counts from the first sign of a change to the end of the look that shows it done', () => {
    const { times, lookFor, elapse } = start();
    elapse(100);
    times.sawChange();
    elapse(1);
    times.sawChange();
    elapse(1);

    expect(lookFor(3, DONE)).toEqual([5]);
  });

  it('counts the looks at which it was not done yet', () => {
    const { times, lookFor, elapse } = start();
    times.sawChange();
    lookFor(1, WAITING);
    elapse(10);
    times.sawChange();

    expect(lookFor(1, WAITING)).toEqual([]);
    expect(lookFor(1, DONE)).toEqual([13]);
  });

  it('counts an interface once, and again when something else is asked of it or it comes undone', () => {
    const { times, lookFor } = start();
    times.sawChange();
    lookFor(1, DONE);
    times.sawChange();
    const still = lookFor(1, DONE);
    const changed = lookFor(2, { ...DONE, generation: 2 });
    lookFor(4, { ...WAITING, generation: 2 });

    const mended = lookFor(8, { ...DONE, generation: 2 });

    expect({ still, changed, mended }).toEqual({ still: [], changed: [2], mended: [12] });
  });

  it('takes a release for done', () => {
    const { lookFor } = start();
    lookFor(1, { eniId: 'eni-06', generation: 2, released: false });

    expect(lookFor(1, { eniId: 'eni-06', generation: 2, released: true })).toEqual([2]);
  });
});
