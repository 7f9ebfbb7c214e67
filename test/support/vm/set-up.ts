import type { TestProject } from 'vitest/node';
import { setup as build } from '#test/e2e/build.ts';
import { ensureImage, type Image, whyNoImage } from './image.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Absent where machines can be run. */
    readonly vmObstacle: string | undefined;
    /** Absent where they cannot. */
    readonly vmImage: Image | undefined;
  }
}

const tell = (line: string): void => {
  process.stderr.write(`vm: ${line}\n`);
};

/**
 * Builds the agent as people run it, and finds or makes the image of the machines. Where that cannot be, the tier breaks
 * in CI, and its tests are skipped elsewhere.
 */
export const setup = async ({ provide }: TestProject): Promise<void> => {
  const obstacle = await whyNoImage();
  provide('vmObstacle', obstacle);
  provide('vmImage', undefined);
  if (obstacle !== undefined) {
    if (process.env.CI) throw new Error(`Virtual machines cannot be run here: ${obstacle}.`);
    tell(`skipped: ${obstacle}`);
    return;
  }
  await build();
  provide('vmImage', await ensureImage(tell));
};
