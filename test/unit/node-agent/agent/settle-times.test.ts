import { describe, expect, it } from 'vitest';
import type { HostStatus } from '#core/apis/v1alpha1/node-eni-state.ts';
import { createSettleTimes } from '#node-agent/agent/settle-times.ts';
import { SLOT } from '../builders.ts';

const WAITING: HostStatus = { eniId: 'eni-06', generation: 1, configured: false };
const DONE: HostStatus = { eniId: 'eni-06', generation: 1, configured: true };

const start = () => {
  let time = 0;
  const times = createSettleTimes(() => time);
  const reconcileFor = (seconds: number, host: HostStatus): readonly number[] => {
    times.beginReconcile();
    time += seconds;
    return times.endReconcile({ [SLOT]: host });
  };
  const elapse = (seconds: number): void => {
    time += seconds;
  };
  return { times, reconcileFor, elapse };
};

describe('createSettleTimes', () => {
  it('counts from the first sign of a change to the end of the reconcile that shows it done', () => {
    const { times, reconcileFor, elapse } = start();
    elapse(100);
    times.sawChange();
    elapse(1);
    times.sawChange();
    elapse(1);

    expect(reconcileFor(3, DONE)).toEqual([5]);
  });

  it('counts the reconciles in which it was not done yet', () => {
    const { times, reconcileFor, elapse } = start();
    times.sawChange();
    reconcileFor(1, WAITING);
    elapse(10);
    times.sawChange();

    expect(reconcileFor(1, WAITING)).toEqual([]);
    expect(reconcileFor(1, DONE)).toEqual([13]);
  });

  it('counts an interface once, and again when something else is asked of it or it comes undone', () => {
    const { times, reconcileFor } = start();
    times.sawChange();
    reconcileFor(1, DONE);
    times.sawChange();
    const still = reconcileFor(1, DONE);
    const changed = reconcileFor(2, { ...DONE, generation: 2 });
    reconcileFor(4, { ...WAITING, generation: 2 });

    const mended = reconcileFor(8, { ...DONE, generation: 2 });

    expect({ still, changed, mended }).toEqual({ still: [], changed: [2], mended: [12] });
  });

  it('takes a release for done', () => {
    const { reconcileFor } = start();
    reconcileFor(1, { eniId: 'eni-06', generation: 2, released: false });

    expect(reconcileFor(1, { eniId: 'eni-06', generation: 2, released: true })).toEqual([2]);
  });
});
