import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { ROOT } from '#test/support/infra/platform.ts';
import { startBundle } from '#test/support/infra/start-bundle.ts';
import {
  FUNCTION_SETTINGS,
  type FunctionName,
  resourceNameOf,
} from '../../stacks/function-settings.ts';

const syntheses = inject('syntheses');

const KILOBYTE = 1000;

/** The most that a start may read, and the most that may be zipped. */
const BOUNDS: Readonly<Record<'router' | 'worker', { start: number; all: number }>> = {
  router: { start: 400 * KILOBYTE, all: 480 * KILOBYTE },
  worker: { start: 900 * KILOBYTE, all: 2_500 * KILOBYTE },
};

/** Times are printed and never asserted: they are those of this machine. */
const STARTS = 3;

const KINDS: Readonly<Record<FunctionName, keyof typeof BOUNDS>> = {
  'on-asg-lifecycle': 'router',
  'on-ec2-state-change': 'router',
  'on-command-result': 'router',
  'on-kubernetes-change': 'router',
  requeue: 'router',
  reconcile: 'worker',
  'roll-up': 'worker',
  sweep: 'worker',
  'on-remove': 'worker',
};

const folderOf = (name: string): string => join(ROOT, 'dist', 'functions', name);

/** Files that are loaded with the first one; `import()` comes later, if ever. */
const loadedAtStart = (folder: string, file: string, seen = new Set<string>()): Set<string> => {
  if (seen.has(file)) return seen;
  seen.add(file);
  const text = readFileSync(join(folder, file), 'utf8');
  for (const [, next] of text.matchAll(/(?:from|import)\s*["']\.\/([\w.-]+\.mjs)["']/g))
    if (next !== undefined) loadedAtStart(folder, next, seen);
  return seen;
};

const sizeOf = (folder: string, files: Iterable<string>): number =>
  [...files].reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);

const NAMES = Object.keys(FUNCTION_SETTINGS) as FunctionName[];

it('builds a bundle for each function of the stack, and for no other', () => {
  expect(readdirSync(join(ROOT, 'dist', 'functions')).toSorted()).toEqual(NAMES.toSorted());
});

describe.each(NAMES)('the bundle of %s', (name) => {
  const folder = folderOf(name);
  const files = readdirSync(folder).filter((file) => file.endsWith('.mjs'));
  const bounds = BOUNDS[KINDS[name]];

  it('is small, and reads little of it at a start', () => {
    const start = sizeOf(folder, loadedAtStart(folder, 'index.mjs'));
    const all = sizeOf(folder, files);
    process.stdout.write(`${name.padEnd(22)} start ${start} B, all ${all} B\n`);

    expect(start).toBeLessThanOrEqual(bounds.start);
    expect(all).toBeLessThanOrEqual(bounds.all);
    expect(start).toBeLessThan(all);
  });

  const deployed = Object.entries(syntheses).filter(([, { resources }]) =>
    resources.some((resource) => resource.name === `${resourceNameOf(name)}Function`),
  );

  it.each(deployed)(
    'starts with nothing but itself and the settings of the %s installation',
    async (installation, synthesis) => {
      const { handler, milliseconds } = await startBundle(synthesis, name, STARTS);
      process.stdout.write(`${name.padEnd(22)} ${milliseconds} ms, ${installation}\n`);

      expect(handler).toBe('function');
    },
  );
});
