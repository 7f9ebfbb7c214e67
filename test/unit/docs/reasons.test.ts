import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sourcesIn } from './files.ts';

/** Where reasons come from. Whatever is written there as one capitalised word is one, or is named below. */
const FOLDERS = ['src/core/controllers', 'src/core/instance', 'node-agent/agent'];
const FILES = ['src/core/errors.ts'];

/** Words of other vocabularies: phases, failure classes, condition types and states, fields of specs and classes. */
const NO_REASONS = new Set([
  ...['Failed', 'Present', 'Released', 'Releasing', 'Skipped'],
  ...['Capacity', 'Denied', 'Invalid', 'Mismatch', 'Unknown'],
  ...[
    'CapacityAvailable',
    'NodesServed',
    'Ready',
    'Reconciling',
    'Stalled',
    'ReferencesResolved',
    'SpecValid',
    'True',
    'False',
  ],
  ...['Multus', 'NetworkManager', 'Normal', 'Warning'],
  ...['Configured', 'CONTINUE', 'Require', 'SSM', 'Addressed', 'Terminating', 'Unmanaged', 'Up'],
  ...[
    'CallError',
    'DeviceGoneError',
    'DriverError',
    'RefusedError',
    'TimeLimitError',
    'InvalidInstanceId',
    'InvalidSubnet',
  ],
]);

const reasonsIn = (source: string): string[] =>
  [...source.matchAll(/'([A-Z][A-Za-z]+)'/g)].flatMap(([, word = '']) => word);

const reasons = new Set(
  [...FOLDERS.flatMap((folder) => sourcesIn(folder)), ...FILES]
    .flatMap((file) => reasonsIn(readFileSync(file, 'utf8')))
    .filter((word) => !NO_REASONS.has(word)),
);

/** The words in the first cell of each row. */
const told = new Set(
  readFileSync('docs/guides/troubleshooting.md', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => [...(line.split(' | ')[0] ?? '').matchAll(/`([A-Z][A-Za-z]+)`/g)])
    .flatMap(([, word = '']) => word)
    // The table of refused calls has names of EC2's API there.
    .filter((word) => !/Network|Tags|Lifecycle/.test(word) || reasons.has(word)),
);

describe('the table of reasons', () => {
  it('tells every reason that the sources can give', () => {
    const missing = [...reasons].filter((reason) => !told.has(reason));

    expect(reasons.size).toBeGreaterThan(80);
    expect(missing).toEqual([]);
  });

  it('tells no reason that the sources cannot give', () => {
    const invented = [...told].filter((reason) => !reasons.has(reason));

    expect(invented).toEqual([]);
  });
});
