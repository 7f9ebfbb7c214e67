import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import { readAgentFit, readNodeEnis } from '#cli/manifests/agent-files.ts';

const fileWith = (text: string): string => {
  const folder = mkdtempSync(join(tmpdir(), 'nodeeni-manifests-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'file.yaml');
  writeFileSync(file, text);
  return file;
};

const nodeEni = (spec: object, more: object = {}) => ({
  apiVersion: 'networking.k8s.aws/v1alpha1',
  kind: 'NodeENI',
  metadata: { name: 'data', resourceVersion: '7' },
  spec: { subnetID: 'subnet-1', nodeSelector: { ng: 'a' }, ...spec },
  ...more,
});

describe('readNodeEnis', () => {
  it('finds them in documents and in what kubectl prints, among other objects', () => {
    const list = { apiVersion: 'v1', kind: 'List', items: [nodeEni({}, { status: {} })] };
    const other = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'other' } };
    const text = [nodeEni({ nodeSelector: { ng: 'b' } }), other, list]
      .map((object) => stringify(object))
      .join('---\n');

    const selectors = readNodeEnis([fileWith(text)]).map(({ nodeSelector }) => nodeSelector);

    expect(selectors).toEqual([{ ng: 'b' }, { ng: 'a' }]);
  });

  it.each([
    ['a file that is not there', 'nowhere.yaml', 'nowhere.yaml cannot be read'],
    ['a file without any', undefined, 'There is no NodeENI in'],
  ])('says so of %s', (_, file, words) => {
    expect(() => readNodeEnis([file ?? fileWith('kind: Pod\n')])).toThrow(words);
  });

  it('names the faults of one', () => {
    const file = fileWith(stringify(nodeEni({ nodeSelector: {} })));

    expect(() => readNodeEnis([file])).toThrow('an empty selector would mean every node');
  });
});

describe('readAgentFit', () => {
  it('reads YAML and JSON', () => {
    expect(readAgentFit(fileWith('nodeSelector: { ng: multi-eni }\n'))).toMatchObject({
      nodeSelector: { ng: 'multi-eni' },
    });
    expect(readAgentFit(fileWith('{"env":{"NODEENI_NO_IOMMU":"off"}}'))).toMatchObject({
      env: { NODEENI_NO_IOMMU: 'off' },
    });
  });

  it('names the file and the fault', () => {
    const file = fileWith('nodeSelectors: {}\n');

    expect(() => readAgentFit(file)).toThrow(`${file} cannot be used`);
    expect(() => readAgentFit(file)).toThrow('nodeSelectors');
  });
});
