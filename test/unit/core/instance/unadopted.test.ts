import { describe, expect, it } from 'vitest';
import { PEER_TAGS, TAGS } from '#core/apis/v1alpha1/names.ts';
import type { Attachment } from '#core/apis/v1alpha1/node-eni.ts';
import type { NodeEniState } from '#core/apis/v1alpha1/node-eni-state.ts';
import { createFindUnadopted } from '#core/instance/unadopted.ts';
import type { NetworkInterface, NetworkInterfaceProvider } from '#core/ports/cloud.ts';
import type { ClusterNode } from '#core/ports/cluster.ts';
import { aNode, aNodeEni, anAvailableEni, anEni, aRecord, aState } from '#test/support/builders.ts';

const NODE = aNode({ name: 'node-1' });

/** An ENI that the Go controller made for `data` on `node-1`. */
const aPeer = (eni: NetworkInterface = anEni(), tags: Readonly<Record<string, string>> = {}) => ({
  ...eni,
  tags: { [PEER_TAGS.nodeEni]: 'data', [PEER_TAGS.node]: 'node-1', ...tags },
});

interface World {
  readonly rows?: readonly Attachment[];
  readonly known?: readonly NetworkInterface[];
  readonly peers?: readonly NetworkInterface[];
  readonly states?: readonly NodeEniState[];
  readonly nodes?: readonly ClusterNode[];
}

const find = async ({ rows = [], known = [], peers = [], states = [], nodes = [] }: World) => {
  const asked: (readonly string[])[] = [];
  const enis: Pick<NetworkInterfaceProvider, 'get' | 'listPeer'> = {
    async get(ids) {
      asked.push(ids);
      return known.filter(({ eniId }) => ids.includes(eniId));
    },
    listPeer: async () => peers,
  };
  const findUnadopted = createFindUnadopted({
    clusterName: 'prod',
    identity: { uid: async () => 'cluster-uid' },
    enis: enis as NetworkInterfaceProvider,
  });
  const nodeEni = { ...aNodeEni(), status: { attachments: [...rows] } };
  const found = await findUnadopted(nodeEni, states, nodes);
  return { asked, found: found.map(({ eni, row }) => ({ eniId: eni.eniId, row })) };
};

const FOUND = [{ eniId: 'eni-1', row: undefined }];

describe('createFindUnadopted', () => {
  it('finds an ENI by the row that the Go controller wrote', async () => {
    const row = { eniID: 'eni-1', status: 'attached' };

    expect(await find({ rows: [row], known: [aPeer()] })).toEqual({
      asked: [['eni-1']],
      found: [{ eniId: 'eni-1', row }],
    });
  });

  it.each<[string, Attachment, readonly NodeEniState[]]>([
    ['our own rows', { eniID: 'eni-1', reason: 'Attached' }, []],
    ['rows without an ENI', { status: 'pending' }, []],
    ['rows of recorded ENIs', { eniID: 'eni-1' }, [aState({ 'data/subnet-a': aRecord() })]],
  ])('asks EC2 nothing about %s', async (_name, row, states) => {
    expect(await find({ rows: [row], known: [aPeer()], states })).toEqual({ asked: [], found: [] });
  });

  it('finds an ENI by its tags once, with the row that names it', async () => {
    const row = { eniID: 'eni-1', reason: 'NeedsAdoption' };

    const { found } = await find({
      rows: [row],
      known: [aPeer()],
      peers: [aPeer()],
      nodes: [NODE],
    });

    expect(found).toEqual([{ eniId: 'eni-1', row }]);
  });

  it('finds each ENI with its own row', async () => {
    const rows = [{ eniID: 'eni-2' }, { eniID: 'eni-1' }];
    const known = [aPeer(), aPeer(anEni({ eniId: 'eni-2' }))];

    const { found } = await find({ rows, known });

    expect(found).toEqual([
      { eniId: 'eni-1', row: { eniID: 'eni-1' } },
      { eniId: 'eni-2', row: { eniID: 'eni-2' } },
    ]);
  });

  it.each<[string, World]>([
    ['the node of its tag', { peers: [aPeer(anAvailableEni())], nodes: [NODE] }],
    [
      'the instance of a node',
      { peers: [aPeer(anEni(), { [PEER_TAGS.node]: 'old' })], nodes: [NODE] },
    ],
    [
      'the instance of a state',
      { peers: [aPeer(anEni(), { [PEER_TAGS.node]: 'old' })], states: [aState()] },
    ],
    [
      'the node of a state',
      {
        peers: [aPeer(anAvailableEni(), { [PEER_TAGS.node]: aState().spec.nodeName ?? '' })],
        states: [aState()],
      },
    ],
  ])('takes a tagged ENI for one of this cluster by %s', async (_name, world) => {
    expect((await find(world)).found).toEqual(FOUND);
  });

  const { instanceId: _, ...unknown } = aNode({ name: 'unknown' });
  it.each<[string, World]>([
    [
      'belongs to another NodeENI',
      { peers: [aPeer(anEni(), { [PEER_TAGS.nodeEni]: 'voice' })], nodes: [NODE] },
    ],
    [
      'is on no node of this cluster',
      { peers: [aPeer()], nodes: [aNode({ instanceId: 'i-other' })] },
    ],
    [
      'is attached nowhere and was for a node of another cluster',
      { peers: [aPeer(anAvailableEni(), { [PEER_TAGS.node]: 'old' })], nodes: [NODE] },
    ],
    [
      'is attached nowhere and was for another node than a state tells',
      { peers: [aPeer(anAvailableEni())], states: [aState()] },
    ],
    [
      'is attached nowhere, as a node without an instance is',
      { peers: [aPeer(anAvailableEni())], nodes: [unknown] },
    ],
    [
      'names no node, as a state of a node that has not registered does',
      {
        peers: [{ ...anAvailableEni(), tags: { [PEER_TAGS.nodeEni]: 'data' } }],
        states: [{ ...aState({}), spec: {} }],
      },
    ],
    [
      'is ours already',
      {
        peers: [aPeer(anEni(), { [TAGS.cluster]: 'prod', [TAGS.clusterUid]: 'cluster-uid' })],
        nodes: [NODE],
      },
    ],
  ])('leaves a tagged ENI alone that %s', async (_name, world) => {
    expect((await find(world)).found).toEqual([]);
  });

  it.each([
    { cluster: 'prod', uid: 'another' },
    { cluster: 'test', uid: 'cluster-uid' },
  ])('finds what carries the tags of another cluster: $cluster $uid', async ({ cluster, uid }) => {
    const peer = aPeer(anEni(), { [TAGS.cluster]: cluster, [TAGS.clusterUid]: uid });

    expect((await find({ peers: [peer], nodes: [NODE] })).found).toEqual(FOUND);
  });

  it('finds nothing for a NodeENI without a status', async () => {
    expect((await find({ nodes: [NODE] })).found).toEqual([]);
  });
});
