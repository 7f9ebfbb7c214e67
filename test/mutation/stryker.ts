import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mutant } from './score.ts';
import {
  CACHE_FOLDER,
  REPORT_FILE,
  SETTINGS_FILE,
  strykerSettings,
  TOOLS,
  VITEST_FILE,
  vitestConfig,
} from './settings.ts';

/** What the tests read. */
const PARTS = ['package.json', 'tsconfig.json', 'src', 'functions', 'node-agent', 'crds', 'test'];

const versionIn = (folder: string, name: string): string | undefined => {
  const file = join(folder, 'node_modules', name, 'package.json');
  if (!existsSync(file)) return undefined;
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version;
};

/** Brings the tools at their pinned versions; does nothing where they are. */
const install = (folder: string): void => {
  const wanted = Object.entries(TOOLS);
  if (wanted.every(([name, version]) => versionIn(folder, name) === version)) return;
  mkdirSync(folder, { recursive: true });
  // The runner's peer is the checkout's own Vitest, which it finds further up.
  const options = ['--legacy-peer-deps', '--no-save', '--no-audit', '--no-fund'];
  const packages = wanted.map(([name, version]) => `${name}@${version}`);
  execFileSync('npm', ['install', '--prefix', folder, ...options, ...packages], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
};

interface Report {
  readonly files: Readonly<Record<string, { readonly mutants: readonly Omit<Mutant, 'file'>[] }>>;
}

const mutantsIn = ({ files }: Report): readonly Mutant[] =>
  Object.entries(files).flatMap(([file, { mutants }]) =>
    mutants.map((mutant) => ({ ...mutant, file })),
  );

/**
 * Copies the sources to where the tools are, below the checkout: there they find the packages of both. In: the root of
 * the checkout. Out: the folder to run in, however often, whatever becomes of the checkout meanwhile.
 */
export const prepare = (root: string): string => {
  const tools = join(root, CACHE_FOLDER);
  const copy = join(tools, 'checkout');
  install(tools);
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy);
  for (const part of PARTS) cpSync(join(root, part), join(copy, part), { recursive: true });
  return copy;
};

/** In: a prepared folder, and files or ranges of files. Out: every mutant and what became of it. Progress goes to stderr. */
export const runStryker = (
  copy: string,
  mutate: readonly string[],
  options: { readonly withIntegration: boolean },
): readonly Mutant[] => {
  writeFileSync(join(copy, VITEST_FILE), vitestConfig(options));
  writeFileSync(join(copy, SETTINGS_FILE), JSON.stringify(strykerSettings(mutate)));
  const command = join(copy, '../node_modules/@stryker-mutator/core/bin/stryker.js');
  execFileSync(process.execPath, [command, 'run', SETTINGS_FILE], {
    cwd: copy,
    stdio: ['ignore', 2, 2],
  });
  return mutantsIn(JSON.parse(readFileSync(join(copy, REPORT_FILE), 'utf8')) as Report);
};
