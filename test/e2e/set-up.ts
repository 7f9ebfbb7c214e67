import type { TestProject } from 'vitest/node';
import { setup as build } from './build.ts';
import { type StageServers, startStageServers } from './stage-servers.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly stageServers: Pick<StageServers, 'server' | 'motoUrl'>;
  }
}

/** Builds what people run, and starts the servers that most files share: each leaves them empty. */
export const setup = async ({ provide }: TestProject): Promise<() => Promise<void>> => {
  await build();
  const { server, motoUrl, stop } = await startStageServers();
  provide('stageServers', { server, motoUrl });
  return stop;
};
