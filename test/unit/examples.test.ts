import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { loadNodeEni } from '#core/apis/v1alpha1/load.ts';

const EXAMPLES = new URL('../../examples/', import.meta.url);
const GO_CONTROLLER = new URL('../fixtures/seed-manifests/', import.meta.url);

const objectsIn = (folder: URL, file: string): unknown[] =>
  parseAllDocuments(readFileSync(new URL(file, folder), 'utf8')).map((document) => document.toJS());

const nodeEnisIn = (folder: URL, file: string) =>
  objectsIn(folder, file)
    .map(loadNodeEni)
    .flatMap((loaded) => ('nodeEni' in loaded ? [loaded.nodeEni] : []));

const examples = readdirSync(EXAMPLES).filter((file) => file.endsWith('.yaml'));

describe.each([
  { name: 'the examples', folder: EXAMPLES, files: examples },
  {
    name: 'the manifests of the Go controller',
    folder: GO_CONTROLLER,
    files: readdirSync(GO_CONTROLLER),
  },
])('$name', ({ folder, files }) => {
  it.each(files)('load without a fault from %s', (file) => {
    const objects = objectsIn(folder, file);

    const faults = objects
      .map(loadNodeEni)
      .flatMap((loaded) => ('faults' in loaded ? loaded.faults : []));

    expect(objects.length).toBeGreaterThan(0);
    expect(faults).toEqual([]);
  });
});

describe('the examples', () => {
  it('can be applied all at once: no name appears twice', () => {
    const names = examples.flatMap((file) =>
      nodeEnisIn(EXAMPLES, file).map(({ metadata }) => metadata.name),
    );

    expect(names).toHaveLength(new Set(names).size);
  });

  it('keep off the device index that the VPC CNI takes for itself', () => {
    const indexes = examples.flatMap((file) =>
      nodeEnisIn(EXAMPLES, file).map(({ spec }) => spec.deviceIndex),
    );

    expect(Math.min(...indexes)).toBe(2);
  });

  it('hold the one that the README shows', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    const [, shown = ''] = readme.match(/```yaml\n(apiVersion[\s\S]*?)```/) ?? [];

    expect(parseAllDocuments(shown).map((document) => document.toJS())).toEqual(
      objectsIn(EXAMPLES, 'basic.yaml'),
    );
  });
});
