import { join } from 'node:path';
import { cached, reportProgress } from './cache.ts';
import { findOnPath } from './find-on-path.ts';
import { freePorts } from './free-ports.ts';
import { runOrThrow } from './run-command.ts';
import { spawnServer } from './spawn-server.ts';
import { createTemporaryFolder } from './temporary-folder.ts';

export type Moto = {
  readonly url: string;
  readonly stop: () => Promise<void>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

const version = '5.2.5';
const requirement = `moto[server,ec2,autoscaling,ssm,sqs,events,sts,eks]==${version}`;

const ensureEnvironment = (): Promise<string> =>
  cached(`moto-${version}`, async (temporary) => {
    const python = findOnPath('python3');
    if (python === undefined) {
      throw new Error(
        'The AWS emulator moto needs python3 on the PATH: install Python 3.10 or newer with its venv module.',
      );
    }
    reportProgress(`installing moto ${version} (half a minute the first time)`);
    await runOrThrow(python, ['-m', 'venv', temporary]);
    await runOrThrow(join(temporary, 'bin', 'pip'), ['install', '--quiet', requirement]);
  });

/**
 * Starts moto, an AWS emulator written by others. In: nothing. Out: the one URL that answers for
 * every service, and `stop`. Each start is an empty account.
 */
export const startMoto = async (): Promise<Moto> => {
  const environment = await ensureEnvironment();
  const folder = createTemporaryFolder('moto');
  const [port = 0] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  try {
    const server = await spawnServer({
      // Not bin/moto_server: that script names the path the environment was built at, not this one.
      command: join(environment, 'bin', 'python'),
      args: ['-m', 'moto.server', '-H', '127.0.0.1', '-p', `${port}`],
      logFile: join(folder.path, 'moto.log'),
      isReady: async () => (await fetch(`${url}/moto-api/data.json`)).ok,
    });
    const stop = async (): Promise<void> => {
      await server.stop();
      await folder.remove();
    };
    return { url, stop, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await folder.remove();
    throw error;
  }
};
