import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cached, reportProgress } from './cache.ts';
import { findOnPath } from './find-on-path.ts';
import { freePorts } from './free-ports.ts';
import { runOrThrow } from './run-command.ts';
import { spawnServer } from './spawn-server.ts';
import { createTemporaryFolder } from './temporary-folder.ts';

export type Ministack = {
  readonly url: string;
  /**
   * Puts the emulator's clock forward, so that what is hidden or delayed for so long is to be seen. The functions' own
   * clock stays: go forward by more than the five minutes for which SQS knows a message again.
   */
  readonly putForward: (seconds: number) => Promise<void>;
  /** The process ids of the environments in which a function runs now. */
  readonly environmentsOf: (functionName: string) => Promise<readonly number[]>;
  readonly stop: () => Promise<void>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

const version = '1.5.33';
const startScript = fileURLToPath(new URL('./start-ministack.py', import.meta.url));

const ensureEnvironment = (): Promise<string> =>
  cached(`ministack-${version}`, async (temporary) => {
    const python = findOnPath('python3');
    if (python === undefined) {
      throw new Error(
        'The AWS emulator ministack needs python3 on the PATH: install Python 3.10 or newer with its venv module.',
      );
    }
    reportProgress(`installing ministack ${version} (a moment the first time)`);
    await runOrThrow(python, ['-m', 'venv', temporary]);
    const pip = join(temporary, 'bin', 'pip');
    await runOrThrow(pip, ['install', '--quiet', `ministack==${version}`]);
  });

/** Functions are run by the first `node` on the PATH, and must not see what whoever runs the tests has set. */
const environmentFor = (folder: string, port: number): readonly string[] => [
  `PATH=${[dirname(process.execPath), process.env.PATH].join(delimiter)}`,
  `HOME=${folder}`,
  `TMPDIR=${folder}`,
  `GATEWAY_PORT=${port}`,
  'BIND_HOST=127.0.0.1',
  'MINISTACK_HOST=127.0.0.1',
  'IOT_MTLS_ENABLED=0',
];

/** The processes whose command line names a path. Linux alone shows them without a further program ("proc(5)"). */
const processesOf = async (path: string): Promise<readonly number[]> => {
  const pids = (await readdir('/proc')).map(Number).filter(Number.isInteger);
  const lines = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
  return pids.filter((_, index) => lines[index]?.includes(path));
};

const createClock = (file: string) => {
  let ahead = 0;
  return async (seconds: number): Promise<void> => {
    ahead += seconds;
    // A file that is written in place can be read half.
    await writeFile(`${file}.next`, `${ahead}`);
    await rename(`${file}.next`, file);
  };
};

/**
 * Starts ministack, an AWS emulator written by others that runs Lambda functions without containers. In: nothing. Out:
 * the one URL that answers for every service, and the handles above. Each start is an empty account.
 */
export const startMinistack = async (): Promise<Ministack> => {
  const environment = await ensureEnvironment();
  const folder = createTemporaryFolder('ministack');
  const clockFile = join(folder.path, 'clock');
  const putForward = createClock(clockFile);
  const [port = 0] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const python = join(environment, 'bin', 'python');
  const environmentsOf = (functionName: string) =>
    processesOf(join(folder.path, `ministack-lambda-${functionName}-`));
  try {
    await putForward(0);
    const server = await spawnServer({
      command: 'env',
      args: ['-i', ...environmentFor(folder.path, port), python, startScript, clockFile],
      logFile: join(folder.path, 'ministack.log'),
      isReady: async () => (await fetch(`${url}/_ministack/health`)).ok,
    });
    const stop = async (): Promise<void> => {
      await server.stop();
      await folder.remove();
    };
    return { url, putForward, environmentsOf, stop, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await folder.remove();
    throw error;
  }
};
