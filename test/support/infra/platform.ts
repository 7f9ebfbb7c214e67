import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cached } from '#test/support/servers/cache.ts';
import { runOrThrow } from '#test/support/servers/run-command.ts';
import { readAppConfig } from './app-config.ts';

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url)).replace(/\/$/, '');

/** SST must fetch neither Pulumi's engine nor bun, ask nobody for credentials and tell nobody that it ran. */
const OFFLINE = {
  SST_SKIP_DEPENDENCY_CHECK: '1',
  SST_NO_BUN: '1',
  SST_TELEMETRY_DISABLED: '1',
  AWS_EC2_METADATA_DISABLED: 'true',
};

const sstVersion = async (): Promise<string> => {
  const text = await readFile(join(ROOT, 'node_modules', 'sst', 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
};

const install = async (folder: string, providers: unknown): Promise<void> => {
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'sst.config.ts'),
    `export default $config({ app: () => (${JSON.stringify({ name: 'nodeeni', home: 'aws', providers })}), async run() {} });\n`,
  );
  process.stderr.write('infra: installing the sources of SST (half a minute the first time)\n');
  const sst = join(ROOT, 'node_modules', '.bin', 'sst');
  await runOrThrow(sst, ['install', '--stage', 'test'], { cwd: folder, env: OFFLINE });
};

/**
 * SST's own sources and the providers' packages, which come out of the pinned npm package and from npm. Out: a folder
 * with `.sst` in it, made once per machine for each version of SST and its providers.
 */
export const ensurePlatform = async (): Promise<string> => {
  const { providers } = await readAppConfig('test');
  const version = await sstVersion();
  const digest = createHash('sha256').update(JSON.stringify(providers)).digest('hex');
  return cached(`sst-${version}-${digest.slice(0, 12)}`, (folder) => install(folder, providers));
};
