import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Complaint } from '../complaint.ts';

const BUNDLE = 'dist/agent/agent.mjs';

const find = (folder: string): string | undefined => {
  const path = join(folder, BUNDLE);
  if (existsSync(path)) return path;
  return dirname(folder) === folder ? undefined : find(dirname(folder));
};

/** The agent as it was built; undefined where it was not. */
export const findAgentBundle = (folder: string = import.meta.dirname): string | undefined => {
  const path = find(folder);
  return path === undefined ? undefined : readFileSync(path, 'utf8');
};

/** The agent as it was built, from the nearest folder above that has it. Throws a `Complaint` when none has. */
export const readAgentBundle = (folder: string = import.meta.dirname): string => {
  const bundle = findAgentBundle(folder);
  if (bundle === undefined)
    throw new Complaint(`${BUNDLE} is not there. Build the agent with: npm run build`);
  return bundle;
};
