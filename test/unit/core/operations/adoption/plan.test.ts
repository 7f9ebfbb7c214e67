import { describe, expect, it } from 'vitest';
import { NO_MANAGE_TAG, PEER_TAGS, TAGS } from '#core/apis/v1alpha1/names.ts';
import type { Unadopted } from '#core/instance/unadopted.ts';
import { planAdoption } from '#core/operations/adoption/plan.ts';
import type { NetworkInterface } from '#core/ports/cloud.ts';
import {
  aNode,
  aNodeEni,
  anAvailableEni,
  anEni,
  INSTANCE_ID,
  NOW,
} from '#test/support/builders.ts';

const PEER = { [PEER_TAGS.node]: 'node-1' };
const CONTEXT = {
  cluster: { name: 'prod', uid: 'cluster-uid' },
  nodes: [
    aNode({ name: 'other', instanceId: 'i-other' }),
    aNode({ name: 'node-1', instanceId: 'i-of-node-1' }),
  ],
  now: NOW,
};

/** The ENI as the Go controller left it: with its tags and without ours. */
const foreign = (eni: NetworkInterface, tags: Readonly<Record<string, string>> = PEER) => ({
  ...eni,
  tags,
});

const planFor = (unadopted: Unadopted) => planAdoption(aNodeEni(), unadopted, CONTEXT);

describe('planAdoption', () => {
  it('gives an ENI all our tags', () => {
    expect(planFor({ eni: foreign(anEni()) })).toEqual({
      type: 'adopt',
      eniId: 'eni-1',
      instanceId: INSTANCE_ID,
      tags: {
        [NO_MANAGE_TAG]: 'true',
        [TAGS.cluster]: 'prod',
        [TAGS.clusterUid]: 'cluster-uid',
        [TAGS.uid]: 'uid-of-data',
        [TAGS.name]: 'data',
        [TAGS.instance]: INSTANCE_ID,
        [TAGS.subnet]: 'subnet-a',
        [TAGS.createdAt]: NOW.toISOString(),
      },
    });
  });

  it.each<[string, Unadopted, string]>([
    [
      'the instance it is attached to, whatever is written',
      { eni: foreign(anEni()), row: { instanceID: 'i-row', nodeID: 'node-1' } },
      INSTANCE_ID,
    ],
    [
      'else the instance of its row',
      { eni: foreign(anAvailableEni()), row: { instanceID: 'i-row', nodeID: 'node-1' } },
      'i-row',
    ],
    [
      'else that of the node of its row',
      { eni: foreign(anAvailableEni(), { [PEER_TAGS.node]: 'other' }), row: { nodeID: 'node-1' } },
      'i-of-node-1',
    ],
    ['else that of the node of its tag', { eni: foreign(anAvailableEni()) }, 'i-of-node-1'],
  ])('takes for its instance %s', (_name, unadopted, instanceId) => {
    expect(planFor(unadopted)).toMatchObject({ type: 'adopt', instanceId });
  });

  const attachment = anEni().attachment;
  it.each<[string, Unadopted, string]>([
    [
      'the primary interface',
      {
        eni: {
          ...foreign(anEni()),
          ...(attachment && { attachment: { ...attachment, deviceIndex: 0 } }),
        },
      },
      'primary interface',
    ],
    [
      'one of another cluster',
      { eni: foreign(anEni(), { [TAGS.cluster]: 'prod', [TAGS.clusterUid]: 'another' }) },
      'another cluster',
    ],
    [
      'one of no known instance',
      { eni: foreign(anAvailableEni(), { [PEER_TAGS.node]: 'gone' }) },
      'no instance is known',
    ],
  ])('refuses %s', (_name, unadopted, why) => {
    expect(planFor(unadopted)).toEqual({
      type: 'refuse',
      eniId: 'eni-1',
      why: expect.stringContaining(why),
    });
  });

  it('takes over an ENI that carries the tags of this cluster half', () => {
    const tags = { ...PEER, [TAGS.cluster]: 'prod', [TAGS.clusterUid]: 'cluster-uid' };

    expect(planFor({ eni: foreign(anEni(), tags) }).type).toBe('adopt');
  });
});
