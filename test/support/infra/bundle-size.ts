import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type FunctionName, isWorker } from '#stacks/function-settings.ts';
import { ROOT } from './platform.ts';

/** What a bundle holds, in bytes. */
export interface BundleSize {
  /** The first file and what it imports; `import()` comes later, if ever. */
  readonly atStart: number;
  /** All that is zipped. */
  readonly inAll: number;
}

/** What a function may be, and how soon it is to be ready. */
export interface BundleGoal {
  readonly startBytes: number;
  readonly allBytes: number;
  readonly initMilliseconds: number;
}

const KILOBYTE = 1000;

const ROUTER: BundleGoal = {
  startBytes: 340 * KILOBYTE,
  allBytes: 400 * KILOBYTE,
  initMilliseconds: 80,
};

const WORKER: BundleGoal = {
  startBytes: 900 * KILOBYTE,
  allBytes: 2_500 * KILOBYTE,
  initMilliseconds: 250,
};

/** Routers only pass ids on, so a start of theirs is most of what they do. */
export const bundleGoalOf = (name: FunctionName): BundleGoal => (isWorker(name) ? WORKER : ROUTER);

const loadedAtStart = (folder: string, file: string, seen = new Set<string>()): Set<string> => {
  if (seen.has(file)) return seen;
  seen.add(file);
  const text = readFileSync(join(folder, file), 'utf8');
  for (const [, next] of text.matchAll(/(?:from|import)\s*["']\.\/([\w.-]+\.mjs)["']/g))
    if (next !== undefined) loadedAtStart(folder, next, seen);
  return seen;
};

const bytesOf = (folder: string, files: Iterable<string>): number =>
  [...files].reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);

/** Measures the bundle of a function as it was last built. Throws where it was not. */
export const bundleSizeOf = (name: FunctionName): BundleSize => {
  const folder = join(ROOT, 'dist', 'functions', name);
  return {
    atStart: bytesOf(folder, loadedAtStart(folder, 'index.mjs')),
    inAll: bytesOf(folder, readdirSync(folder)),
  };
};
