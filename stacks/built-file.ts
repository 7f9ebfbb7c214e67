import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The node agent in one file. */
export const AGENT_BUNDLE = 'dist/agent/agent.mjs';

/**
 * Where this package is, as the app finds it. Not where this file is: SST puts the whole program into one file, in a folder
 * of its own. `nodeeni/sst` stands for `dist/sst/index.js`.
 */
const packageFolder = (): string => {
  const entry = createRequire(join($cli.paths.root, 'sst.config.ts')).resolve('nodeeni/sst');
  return join(dirname(entry), '..', '..');
};

/** Where a file is that the build made, or that comes with the sources. Throws an Error that says how to make it. */
export const findBuiltFile = (path: string): string => {
  const file = join(packageFolder(), path);
  if (existsSync(file)) return file;
  throw new Error(`${file} is not there. Run: npm run build`);
};

/** The text of such a file. */
export const readBuiltFile = (path: string): string => readFileSync(findBuiltFile(path), 'utf8');
