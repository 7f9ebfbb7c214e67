import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from '#test/support/servers/run-command.ts';
import { createTemporaryFolder } from '#test/support/servers/temporary-folder.ts';
import { ensurePlatform, ROOT } from './platform.ts';
import type { Synthesis } from './synthesis.ts';

const EVALUATE = fileURLToPath(new URL('./evaluate.ts', import.meta.url));

/** Nothing of whoever runs the tests may get into the program. */
const NO_CREDENTIALS = {
  AWS_ACCESS_KEY_ID: undefined,
  AWS_SECRET_ACCESS_KEY: undefined,
  AWS_SESSION_TOKEN: undefined,
  AWS_PROFILE: undefined,
  AWS_EC2_METADATA_DISABLED: 'true',
};

interface App {
  /** The folder that `sst.config.ts` is in. */
  readonly root: string;
  readonly stage: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Evaluates an app with SST's real components, and Pulumi's mocks in place of its engine. Out: every resource that a deploy
 * would ask AWS and the cluster for. Proves nothing about what AWS or the engine would say to it.
 */
export const synthesiseApp = async ({ root, stage, env }: App): Promise<Synthesis> => {
  const platform = await ensurePlatform();
  const folder = createTemporaryFolder('synthesis');
  const outputFile = join(folder.path, 'synthesis.json');
  try {
    const { code, stderr } = await runCommand(
      process.execPath,
      [EVALUATE, root, join(platform, '.sst'), outputFile, stage],
      { cwd: root, env: { ...NO_CREDENTIALS, ...env } },
    );
    if (!existsSync(outputFile)) throw new Error(`The program could not be evaluated: ${stderr}`);
    const synthesis = JSON.parse(await readFile(outputFile, 'utf8')) as Synthesis;
    // Pulumi complains in its last moment of what an error left unfinished.
    return code === 0 ? synthesis : { ...synthesis, errors: [...synthesis.errors, stderr.trim()] };
  } finally {
    await folder.remove();
  }
};

/** What our own app comes to. In: the options as a person writes them into `nodeeni.json`. */
export const synthesise = async (
  options: unknown,
  { stage = 'test' }: { readonly stage?: string } = {},
): Promise<Synthesis> => {
  const folder = createTemporaryFolder('options');
  const file = join(folder.path, 'nodeeni.json');
  try {
    await writeFile(file, JSON.stringify(options));
    return await synthesiseApp({ root: ROOT, stage, env: { NODEENI_OPTIONS: file } });
  } finally {
    await folder.remove();
  }
};
