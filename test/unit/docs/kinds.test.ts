import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const rows = readFileSync('CONTRIBUTING.md', 'utf8')
  .split('## Kinds of faults')[1]
  ?.split('\n## ')[0]
  ?.split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (kind|---)/.test(line));

it('every kind of fault is shown by a test that there is', () => {
  const shown = (rows ?? []).map((row) => {
    const [, file = '', title = ''] = /`([^`]+)`: "([^"]+)"/.exec(row) ?? [];
    return { row, isThere: file !== '' && readFileSync(file, 'utf8').includes(title) };
  });

  expect(shown.length).toBeGreaterThan(9);
  expect(shown.filter(({ isThere }) => !isThere)).toEqual([]);
});
