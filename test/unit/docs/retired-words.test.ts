import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { documents, sourcesIn } from './files.ts';

/** Words that had a better one in the field: how they begin and end, and the better one. This file must not say them whole. */
const RETIRED = [
  ['look', 'Again', 'requeue'],
  ['wi', 'sh', 'desired interface'],
  ['se', 'at', 'allocation of a device index'],
  ['see', 'ker', 'device index request'],
  ['str', 'ay', 'unadopted interface'],
  ['beat', 'All', 'sendHeartbeats'],
] as const;

const FOLDERS = ['src', 'node-agent', 'functions', 'stacks', 'charts', 'test'];

/** Words of their own in any case, and parts of names in camel case. */
const formsOf = (word: string): RegExp => {
  const part = `${word[0]?.toUpperCase()}${word.slice(1)}`;
  return new RegExp(
    `\\b${word}(?:s|es)?(?![a-z])|${part}(?:s|es)?(?![a-z])|\\b${word.toUpperCase()}(?:S|ES)?\\b`,
    'g',
  );
};

const usesIn = (file: string): string[] => {
  const text = readFileSync(file, 'utf8');
  return RETIRED.flatMap(([begin, end, better]) =>
    [...text.matchAll(formsOf(`${begin}${end}`))].map(
      ([found]) => `${file}: ${found}; say ${better}`,
    ),
  );
};

describe('the words that were retired', () => {
  it('stay out of sources and documents', () => {
    const files = [...FOLDERS.flatMap(sourcesIn), ...documents()];

    expect(files.length).toBeGreaterThan(900);
    expect(files.flatMap(usesIn)).toEqual([]);
  });
});
