import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The node agent in one file. */
export const AGENT_BUNDLE = 'dist/agent/agent.mjs';

/** The text of a file that the build made, or that comes with the sources. Throws an Error that says how to make it. */
export const readBuiltFile = (path: string): string => {
  const file = join($cli.paths.root, path);
  if (existsSync(file)) return readFileSync(file, 'utf8');
  throw new Error(`${file} is not there. Run: npm run build`);
};
