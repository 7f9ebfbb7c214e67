import { afterAll, beforeAll, beforeEach, inject } from 'vitest';
import { type Machine, startMachine } from './machine.ts';
import type { Hardware } from './qemu.ts';

/** One machine for all tests of the file; they are skipped where there can be none. */
export const useMachine = (hardware: Hardware): (() => Machine) => {
  let machine: Machine | undefined;
  beforeAll(async () => {
    const image = inject('vmImage');
    if (image !== undefined) machine = await startMachine(image, hardware);
  });
  afterAll(() => machine?.stop());
  beforeEach(({ skip }) => {
    const obstacle = inject('vmObstacle');
    if (obstacle !== undefined) skip(obstacle);
  });
  return () => {
    if (machine === undefined) throw new Error('There is no machine.');
    return machine;
  };
};
