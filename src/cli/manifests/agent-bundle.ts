import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Complaint } from '../complaint.ts';

const BUNDLE = 'dist/agent/agent.mjs';

const find = (folder: string): string | undefined => {
  const path = join(folder, BUNDLE);
  if (existsSync(path)) return path;
  return dirname(folder) === folder ? undefined : find(dirname(folder));
};

/** The agent as it was built, from the nearest folder above that has it. Throws a `Complaint` when none has. */
export const readAgentBundle = (folder: string = import.meta.dirname): string => {
  const path = find(folder);
  if (path === undefined)
    throw new Complaint(`${BUNDLE} is not there. Build the agent with: npm run build`);
  return readFileSync(path, 'utf8');
};
