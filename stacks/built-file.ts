import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The node agent in one file. */
export const AGENT_BUNDLE = 'dist/agent/agent.mjs';

/** Where a file is that the build made, or that comes with the sources. Throws an Error that says how to make it. */
export const findBuiltFile = (path: string): string => {
  const file = join($cli.paths.root, path);
  if (existsSync(file)) return file;
  throw new Error(`${file} is not there. Run: npm run build`);
};

/** The text of such a file. */
export const readBuiltFile = (path: string): string => readFileSync(findBuiltFile(path), 'utf8');
