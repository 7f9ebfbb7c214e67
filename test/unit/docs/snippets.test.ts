import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { loadNodeEni } from '#core/apis/v1alpha1/load.ts';
import { NOT_READY_TAINT } from '#core/apis/v1alpha1/names.ts';
import { hookSettings } from '#core/scaling/hook-metadata.ts';
import { parseOptions } from '#stacks/options.ts';
import { documents } from './files.ts';
import { codeIn } from './markdown.ts';

const pages = documents().map((file) => readFileSync(file, 'utf8'));

const isNodeEni = (object: unknown): boolean =>
  (object as { readonly kind?: unknown } | null)?.kind === 'NodeENI';

describe('what people copy from the documentation', () => {
  it('holds NodeENIs that load without a fault', () => {
    const manifests = pages
      .flatMap((page) => codeIn(page, ['yaml']))
      .flatMap((text) => parseAllDocuments(text))
      .map((document) => document.toJS() as unknown)
      .filter(isNodeEni);

    const faults = manifests
      .map(loadNodeEni)
      .flatMap((loaded) => ('faults' in loaded ? loaded.faults : []));

    expect(manifests.length).toBeGreaterThan(10);
    expect(faults).toEqual([]);
  });

  it('holds options that a deploy takes', () => {
    const given = pages
      .flatMap((page) => codeIn(page, ['json']))
      .map((text): unknown => JSON.parse(text))
      .filter((value) => typeof value === 'object' && value !== null)
      .filter((value) => 'clusterName' in value || 'agent' in value)
      .map((value) => ({ clusterName: 'production', vpcIds: ['vpc-1'], ...value }));

    expect(given.length).toBeGreaterThan(6);
    expect(() => given.map(parseOptions)).not.toThrow();
  });

  it('holds metadata of hooks that are taken for ours', () => {
    const metadata = pages.flatMap((page) =>
      [...page.matchAll(/--notification-metadata '([^']+)'/g)].flatMap(([, text = '']) => text),
    );

    const settings = metadata.map((notificationMetadata) =>
      hookSettings({ notificationMetadata }, { name: 'production' }),
    );

    expect(metadata.length).toBeGreaterThan(1);
    expect(settings).not.toContain(undefined);
  });

  it('holds no other taint of ours than the one that is taken off', () => {
    const taints = pages.flatMap((page) =>
      [...page.matchAll(/nodeeni\.networking\.k8s\.aws\/not-[a-z]+/g)].map(([taint]) => taint),
    );

    expect(taints.length).toBeGreaterThan(2);
    expect(new Set(taints)).toEqual(new Set([NOT_READY_TAINT]));
  });

  it('holds the program of the examples', () => {
    const [program] = codeIn(readFileSync('docs/guides/library.md', 'utf8'), ['js']);

    expect(program).toBe(readFileSync('examples/library.mjs', 'utf8'));
  });
});
