import { build } from 'rolldown';
import type { TestProject } from 'vitest/node';
import { lambdaFunctions, sstComponent } from '../../../rolldown.config.ts';
import { INSTALLATIONS, type InstallationName } from './installations.ts';
import type { Synthesis } from './synthesis.ts';
import { synthesise } from './synthesise.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly syntheses: Readonly<Record<InstallationName, Synthesis>>;
  }
}

/** Builds the functions and the component, and synthesises each installation once for all test files. */
export const setup = async ({ provide }: TestProject): Promise<void> => {
  await build([sstComponent, ...lambdaFunctions]);
  provide('syntheses', {
    usual: await synthesise(INSTALLATIONS.usual),
    grown: await synthesise(INSTALLATIONS.grown),
    secluded: await synthesise(INSTALLATIONS.secluded),
    ruled: await synthesise(INSTALLATIONS.ruled),
  });
};
