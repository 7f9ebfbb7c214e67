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

/**
 * Evaluates `sst.config.ts` with SST's real components, and Pulumi's mocks in place of its engine. In: the options as
 * a person writes them. Out: every resource that a deploy would ask AWS and the cluster for. Proves nothing about what
 * AWS or the engine would say to it.
 */
export const synthesise = async (
  options: unknown,
  { stage = 'test' }: { readonly stage?: string } = {},
): Promise<Synthesis> => {
  const platform = await ensurePlatform();
  const folder = createTemporaryFolder('synthesis');
  const optionsFile = join(folder.path, 'nodeeni.json');
  const outputFile = join(folder.path, 'synthesis.json');
  try {
    await writeFile(optionsFile, JSON.stringify(options));
    const { code, stderr } = await runCommand(
      process.execPath,
      [EVALUATE, join(platform, '.sst'), outputFile, stage],
      { cwd: ROOT, env: { ...NO_CREDENTIALS, NODEENI_OPTIONS: optionsFile } },
    );
    if (!existsSync(outputFile)) throw new Error(`The program could not be evaluated: ${stderr}`);
    const synthesis = JSON.parse(await readFile(outputFile, 'utf8')) as Synthesis;
    // Pulumi complains in its last moment of what an error left unfinished.
    return code === 0 ? synthesis : { ...synthesis, errors: [...synthesis.errors, stderr.trim()] };
  } finally {
    await folder.remove();
  }
};
