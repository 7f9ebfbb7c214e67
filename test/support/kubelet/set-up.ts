import type { TestProject } from 'vitest/node';
import { setup as build } from '#test/e2e/build.ts';
import { findObstacle } from '#test/support/node/obstacle.ts';
import { whyNoApt } from '#test/support/vm/apt.ts';

/** Builds what people run. Where no node can be made, the tier breaks in CI, and its tests are skipped elsewhere. */
export const setup = async ({ provide }: TestProject): Promise<void> => {
  const obstacle = (await findObstacle()) ?? (await whyNoApt());
  provide('obstacle', obstacle);
  if (obstacle !== undefined) {
    const sentence = `Nodes cannot be run here. ${obstacle}`;
    if (process.env.CI) throw new Error(sentence);
    process.stderr.write(`kubelet: skipped. ${sentence}\n`);
    return;
  }
  await build();
};
