import { createHash } from 'node:crypto';
import type { PluginConfigFile } from '../agent/host.ts';
import { readText, replaceFile } from './files.ts';

const HASH_LENGTH = 12;

/** The configuration of the SR-IOV device plugin at `path`, and copies of broken ones beside it. */
export const createPluginConfigFile = (path: string): PluginConfigFile => {
  const copyOf = (text: string) =>
    `${path}.broken-${createHash('sha256').update(text).digest('hex').slice(0, HASH_LENGTH)}`;
  return {
    async read() {
      const text = await readText(path);
      if (text === undefined) return { isBackedUp: false };
      return { text, isBackedUp: (await readText(copyOf(text))) === text };
    },
    write: (text) => replaceFile(path, text),
    backUp: (text) => replaceFile(copyOf(text), text),
  };
};
