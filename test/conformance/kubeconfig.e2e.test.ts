import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ensureBinaries } from '#test/support/servers/binaries.ts';
import { askFor, KUBECONFIG_CASES, type KubeConfigCase } from './kubeconfig-cases.ts';

const { kubectl } = await ensureBinaries();

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nodeeni-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** What kubectl chooses; undefined where it refuses. */
const choiceOf = (example: KubeConfigCase): Promise<KubeConfigCase['chosen']> => {
  const { env, file, context } = askFor(example, folder);
  const args = [
    'config',
    'view',
    '--minify',
    '--output=json',
    ...(file === undefined ? [] : [`--kubeconfig=${file}`]),
    ...(context === undefined ? [] : [`--context=${context}`]),
  ];
  return new Promise((resolve) => {
    execFile(kubectl, args, { env: { ...env, PATH: process.env.PATH } }, (error, stdout) => {
      if (error !== null) return resolve(undefined);
      const view = JSON.parse(stdout);
      resolve({ context: view['current-context'], server: view.clusters[0].cluster.server });
    });
  });
};

it.each(KUBECONFIG_CASES)('kubectl $name', async (example) => {
  for (const [name, text] of Object.entries(example.files)) writeFileSync(join(folder, name), text);

  expect(await choiceOf(example)).toEqual(example.chosen);
});
