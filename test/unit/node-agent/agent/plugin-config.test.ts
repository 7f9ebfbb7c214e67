import { describe, expect, it } from 'vitest';
import { readPluginConfig } from '#node-agent/agent/plugin-config.ts';
import { mergePluginConfig } from '#node-agent/agent/plugin-config-merge.ts';
import { parseResourceName } from '#node-agent/agent/resource-name.ts';
import { hostFixture } from '../fixture.ts';

const DATA = {
  prefix: 'intel.com',
  name: 'data',
  devices: [
    { driver: 'vfio-pci', pciAddress: '0000:00:08.0' },
    { driver: 'vfio-pci', pciAddress: '0000:00:06.0' },
    { driver: 'igb_uio', pciAddress: '0000:00:07.0' },
  ],
};

describe('mergePluginConfig', () => {
  it('puts ours before the entries of the AWS guide', () => {
    const merged = mergePluginConfig(hostFixture('pcidp/aws-guide.json.txt'), [DATA]);

    expect(merged).toBe(hostFixture('pcidp/aws-guide.merged.json.txt'));
  });

  it('needs no file when there is nothing of ours', () => {
    expect(mergePluginConfig(undefined, [])).toBeUndefined();
  });

  it.each([
    { name: 'an empty object', text: '{}' },
    { name: 'an object without a list', text: '{"other": [1]}' },
    { name: 'a list that is null', text: '{"resourceList": null}' },
    { name: 'an empty list', text: '{"resourceList": []}' },
  ])('adds ours to $name', ({ text }) => {
    const merged = JSON.parse(mergePluginConfig(text, [DATA]) ?? '');

    expect(merged.resourceList).toHaveLength(1);
    expect(Object.keys(merged)).toEqual(
      expect.arrayContaining(Object.keys(JSON.parse(text) as object)),
    );
  });

  it('leaves a file alone that has nothing of ours and is to have nothing', () => {
    const text = '{ "resourceList" : null }';

    expect(mergePluginConfig(text, [])).toBe(text);
  });
});

describe('readPluginConfig', () => {
  it.each([
    { name: 'text that is no JSON', text: hostFixture('pcidp/broken.json.txt') },
    { name: 'an array', text: '[]' },
    { name: 'a list that is no list', text: '{"resourceList": {}}' },
    { name: 'two lists', text: '{"resourceList": [], "ResourceList": []}' },
    { name: 'no text', text: '' },
  ])('takes $name for corrupt', ({ text }) => {
    expect(readPluginConfig({ text: text })).toMatchObject({ kind: 'corrupt' });
  });

  it('reads names with their prefix, and addresses of both forms of selectors', () => {
    expect(readPluginConfig({ text: hostFixture('pcidp/aws-guide.json.txt') })).toEqual({
      kind: 'read',
      foreign: [
        { fullName: 'amazon.com/sriov_dpdk_1', pciAddresses: ['0000:00:09.0', '0000:00:0a.0'] },
        { fullName: 'intel.com/accel', bareName: 'accel', pciAddresses: [] },
      ],
      own: [],
    });
  });
});

describe('parseResourceName', () => {
  it.each([
    ['data', { prefix: 'intel.com', name: 'data' }],
    ['amazon.com/sriov_dpdk-1', { prefix: 'amazon.com', name: 'sriov_dpdk-1' }],
    ['a/b/c', undefined],
    ['intel.com/', undefined],
    ['/data', undefined],
    ['kubernetes.io/data', undefined],
    ['node.k8s.io/data', undefined],
    ['intel.com/da ta', undefined],
    [`intel.com/${'x'.repeat(64)}`, undefined],
  ])('reads %j', (text, expected) => {
    expect(parseResourceName(text)).toEqual(expected);
  });
});
