import { readFileSync } from 'node:fs';
import { type GivenOptions, parseOptions } from './options.ts';

const DEFAULT_FILE = 'nodeeni.json';

const readText = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const message = `The options are read from ${file}, which cannot be read. Write it, or name another in NODEENI_OPTIONS.`;
    throw new Error(message, { cause });
  }
};

const parseJson = (file: string, text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    // V8 says where: a line and a column, or the text around it.
    throw new Error(`${file} is not JSON: ${(cause as Error).message}`, { cause });
  }
};

/**
 * Reads the options of this deploy: a JSON file, `nodeeni.json` unless `NODEENI_OPTIONS` names another. Throws an Error
 * that names the file or every fault in it.
 */
export const readOptions = (env: Readonly<Record<string, string | undefined>>): GivenOptions => {
  const file = env.NODEENI_OPTIONS ?? DEFAULT_FILE;
  const given = parseJson(file, readText(file));
  parseOptions(given);
  return given as GivenOptions;
};
