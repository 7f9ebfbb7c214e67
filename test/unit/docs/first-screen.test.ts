import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { codeIn } from './markdown.ts';

const TERMINAL = { columns: 80, lines: 24 };

const readme = readFileSync('README.md', 'utf8');
const firstScreen = readme.split('\n').slice(0, TERMINAL.lines).join('\n');

const tooLong = (text: string): readonly string[] =>
  text.split('\n').filter((line) => line.length > TERMINAL.columns);

describe('the first screen of the README', () => {
  it.each([
    ['what it is for', /\*\*For\*\* pods with a second network/],
    ['when not to use it', /\*\*Not for\*\* .*Fargate/s],
    ['which Kubernetes it needs', /Kubernetes[^.]*1\.33/],
    ['how it ships', /npm package.*SST.*kubectl.*Helm chart/s],
    ['that it has not run on AWS', /never run on real AWS/],
  ])('says %s', (_, words) => {
    expect(firstScreen).toMatch(words);
  });

  it('fits a terminal, to where it can be tried', () => {
    expect(tooLong(readme.slice(0, readme.indexOf('## Try it')))).toEqual([]);
  });
});

it('the README has no command and no picture that a terminal would break', () => {
  const blocks = codeIn(readme, ['', 'sh', 'yaml']);

  expect(blocks.length).toBeGreaterThan(5);
  expect(blocks.flatMap(tooLong)).toEqual([]);
});
