import type { TestProject } from 'vitest/node';
import { setup as build } from '#test/e2e/build.ts';
import { installCrds } from '#test/e2e/crds.ts';
import { startKubeApiserver } from '#test/support/servers/kube-apiserver.ts';
import { removeForsaken } from './forsaken.ts';
import { findObstacle } from './obstacle.ts';

/** How the tests reach the API server that they share. */
export type ProvidedServer = {
  readonly url: string;
  readonly caFile: string;
  readonly adminToken: string;
};

declare module 'vitest' {
  interface ProvidedContext {
    /** Absent where the tier can run. */
    readonly obstacle: string | undefined;
    /** Absent where it cannot. */
    readonly apiServer: ProvidedServer | undefined;
  }
}

/**
 * Builds the agent as people run it, and starts one API server for all test files. A machine that has no network
 * namespaces is named: in CI the tier breaks, elsewhere its tests are skipped.
 */
export const setup = async ({ provide }: TestProject): Promise<() => Promise<void>> => {
  const obstacle = await findObstacle();
  provide('obstacle', obstacle);
  provide('apiServer', undefined);
  if (obstacle !== undefined) {
    const sentence = `The tests of the node agent cannot run here. ${obstacle}`;
    if (process.env.CI) throw new Error(sentence);
    process.stderr.write(`${sentence}\n`);
    return async () => undefined;
  }

  await removeForsaken();
  await build();
  const server = await startKubeApiserver();
  try {
    await installCrds(server);
  } catch (error) {
    await server.stop();
    throw error;
  }
  const { url, caFile, adminToken } = server;
  provide('apiServer', { url, caFile, adminToken });
  return server.stop;
};
