import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { documents, sourcesIn } from './files.ts';

/** Words that had a better one in the field, with the better one. */
const RETIRED: Readonly<Record<string, string>> = {
  lookAgain: 'requeue',
  wish: 'desired interface',
  seat: 'allocation of a device index',
  seeker: 'device index request',
  stray: 'unadopted interface',
  beatAll: 'sendHeartbeats',
};

const FOLDERS = ['src', 'node-agent', 'functions', 'stacks', 'charts', 'test'];

/** Names in camel case count too: `aWish`, `seatsFor`. This file and the history of changes may say the old ones. */
const usesIn = (file: string): string[] =>
  Object.keys(RETIRED).flatMap((word) => {
    const upper = `${word[0]?.toUpperCase()}${word.slice(1)}`;
    const old = new RegExp(`\\b${word}(?:s|es)?(?![a-z])|${upper}(?:s|es)?(?![a-z])`, 'g');
    return [...readFileSync(file, 'utf8').matchAll(old)].map(
      ([found]) => `${file}: ${found}; say ${RETIRED[word]}`,
    );
  });

describe('the words that were retired', () => {
  it('stay out of sources and documents', () => {
    const files = [...FOLDERS.flatMap(sourcesIn), ...documents()].filter(
      (file) => !file.endsWith('retired-words.test.ts'),
    );

    expect(files.length).toBeGreaterThan(900);
    expect(files.flatMap(usesIn)).toEqual([]);
  });
});
