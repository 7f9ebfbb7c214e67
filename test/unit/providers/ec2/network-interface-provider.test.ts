import { describe, expect, it } from 'vitest';
import { TAGS } from '#core/apis/v1alpha1/names.ts';
import { setUp } from './network-interface-setting.ts';

const PEER = { 'kubernetes.io/cluster/managed-by': 'nodeeni-controller' };

describe('reading ENIs', () => {
  it('lists those that carry the tags of this very cluster', async () => {
    const { provider, addEni } = setUp();
    const ours = addEni();
    addEni({ [TAGS.cluster]: 'other' });
    addEni({ [TAGS.clusterUid]: 'uid of an earlier cluster of that name' });

    expect((await provider.list()).map(({ eniId }) => eniId)).toEqual([ours]);
  });

  it('lists a fleet larger than a page', async () => {
    const { provider, addEni, inputs } = setUp();
    const ids = Array.from({ length: 1001 }, () => addEni());

    const found = await provider.list();

    expect(found.map(({ eniId }) => eniId)).toEqual(ids);
    expect(inputs()).toEqual([
      expect.objectContaining({ MaxResults: 1000 }),
      expect.objectContaining({ MaxResults: 1000, NextToken: ids[1000] }),
    ]);
  });

  it('lists those of a NodeENI', async () => {
    const { provider, addEni } = setUp();
    const wanted = addEni({ [TAGS.uid]: 'uid-1' });
    addEni({ [TAGS.uid]: 'uid-2' });
    addEni({ [TAGS.uid]: 'uid-1', [TAGS.cluster]: 'other' });

    expect((await provider.listForNodeEni('uid-1')).map(({ eniId }) => eniId)).toEqual([wanted]);
  });

  it('lists those of 201 instances by two calls', async () => {
    const { provider, addEni, inputs } = setUp();
    const instanceIds = Array.from({ length: 201 }, (_, index) => `i-${index}`);
    const ids = ['i-0', 'i-200'].map((instanceId) => addEni({ [TAGS.instance]: instanceId }));
    addEni({ [TAGS.instance]: 'i-201' });

    const found = await provider.listForInstances(instanceIds);

    expect(found.map(({ eniId }) => eniId)).toEqual(ids);
    expect(inputs()).toHaveLength(2);
  });

  it('makes no call for no instances and no ids', async () => {
    const { provider, inputs } = setUp();

    expect([await provider.listForInstances([]), await provider.get([])]).toEqual([[], []]);
    expect(inputs()).toEqual([]);
  });

  it('gets ENIs by id, ours or not, without those EC2 does not know', async () => {
    const { provider, addEni } = setUp();
    const foreign = addEni({ [TAGS.cluster]: 'other' });

    const found = await provider.get(['eni-unknown', foreign]);

    expect(found.map(({ eniId }) => eniId)).toEqual([foreign]);
  });

  it('asks the request budget for no read, and tells a classified failure', async () => {
    const { ec2, provider, taken } = setUp();
    ec2.wire.failNext('DescribeNetworkInterfaces', { code: 'AuthFailure' });

    await expect(provider.list()).rejects.toMatchObject({ failure: 'Denied' });
    expect(taken).toEqual([]);
  });
});

describe("listing the Go controller's ENIs", () => {
  it('leaves out those that became ours', async () => {
    const { provider, addEni, addForeign } = setUp();
    const peer = addForeign(PEER);
    addEni(PEER);
    addForeign({ 'kubernetes.io/cluster/managed-by': 'somebody else' });

    expect((await provider.listPeer()).map(({ eniId }) => eniId)).toEqual([peer]);
  });

  it('asks once in five seconds where there are none', async () => {
    const { clock, provider, inputs } = setUp();
    await provider.listPeer();

    await clock.advanceBy(4_999);
    await provider.listPeer();
    const within = inputs().length;
    await clock.advanceBy(1);
    await provider.listPeer();

    expect([within, inputs().length]).toEqual([1, 2]);
  });

  it('notices within five seconds that one was adopted', async () => {
    const { clock, ec2, provider, addForeign } = setUp();
    const peer = addForeign(PEER);
    const before = (await provider.listPeer()).length;

    ec2.byHand.setTags(peer, { [TAGS.cluster]: 'prod' });
    await clock.advanceBy(4_999);
    const remembered = (await provider.listPeer()).length;
    await clock.advanceBy(1);

    expect([before, remembered, (await provider.listPeer()).length]).toEqual([1, 1, 0]);
  });
});
