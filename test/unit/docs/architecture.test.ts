import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const text = readFileSync('docs/architecture.md', 'utf8');
const walks = text.slice(text.indexOf('## A launch'), text.indexOf('## Glossary'));

/** Each file of the walks, with the function that is to be read there. */
const steps = [...walks.matchAll(/`([\w./-]+\.ts)`\s+`(\w+)`/g)].map(
  ([, file = '', name = '']) => ({
    file,
    name,
  }),
);

const declares = (file: string, name: string): boolean =>
  existsSync(file) && new RegExp(`\\bconst ${name}\\b`).test(readFileSync(file, 'utf8'));

describe('the walks through the architecture', () => {
  it('name functions that are where they say', () => {
    const wrong = steps.filter(({ file, name }) => !declares(file, name));

    expect(steps.length).toBeGreaterThan(30);
    expect(wrong).toEqual([]);
  });

  it('name no file without its function', () => {
    const files = [...walks.matchAll(/`([\w./-]+\/[\w.-]+\.ts)`/g)].map(([, file]) => file);

    expect(files).toEqual(steps.map(({ file }) => file));
  });
});

describe('the table of folders', () => {
  const named = [...text.matchAll(/^\| (`[^|]*) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([\w./-]+)`/g)].flatMap(([, folder = '']) => folder),
  );

  it('names folders that are there', () => {
    expect(named.filter((folder) => !existsSync(folder))).toEqual([]);
  });

  it('names every folder that holds controllers, and what lies beside them', () => {
    const inCore = readdirSync('src/core', { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `src/core/${name}`);

    const small = ['src/core/ec2', 'src/core/manifests', 'src/core/scaling'];
    expect(inCore.filter((folder) => !named.includes(folder) && !small.includes(folder))).toEqual(
      [],
    );
  });
});

it('the glossary defines each word once, in order', () => {
  const rows = text
    .slice(text.indexOf('## Glossary'), text.indexOf('## Where a new thing goes'))
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (word|---)/.test(line))
    .map((line) => line.split(' | ')[0]?.slice(2));

  expect(rows.length).toBeGreaterThanOrEqual(15);
  expect(rows).toEqual([...new Set(rows)].toSorted());
});
