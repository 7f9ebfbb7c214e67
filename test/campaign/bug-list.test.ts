import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { KNOWN_BUGS } from './bug-list.ts';

it.each(KNOWN_BUGS)('the bug "$name" can still be planted in $file', ({ file, edits }) => {
  const source = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');

  for (const { good, bad } of edits) {
    expect(source.split(good)).toHaveLength(2);
    expect(bad).not.toBe(good);
  }
});
