import { describe, expect, it } from 'vitest';
import { PEER_TAGS } from '#core/apis/v1alpha1/names.ts';
import type { Attachment } from '#core/apis/v1alpha1/node-eni.ts';
import { assemble } from '#core/controllers/instance-interfaces/observe/assemble.ts';
import { idsToLookUp } from '#core/controllers/instance-interfaces/observe/names.ts';
import type { Snapshot } from '#core/controllers/instance-interfaces/observe/snapshot.ts';
import type { NetworkInterface } from '#core/ports/cloud.ts';
import {
  ATTACHMENT,
  aNode,
  aNodeEni,
  anAvailableEni,
  anEni,
  aRecord,
  aState,
  INSTANCE_ID,
} from '#test/support/builders.ts';
import { someSnapshot } from './some-readings.ts';

const NODES = new Map([[INSTANCE_ID, aNode({ name: 'node-1' })]]);

const recording = (eniId: string | undefined) => {
  const { eniId: _, ...record } = aRecord();
  const slot = { ...record, ...(eniId !== undefined && { eniId }) };
  return { states: new Map([[INSTANCE_ID, aState({ 'data/subnet-a': slot })]]) };
};

const listing = (...rows: readonly Attachment[]) => ({
  nodeEnis: { items: [{ ...aNodeEni(), status: { attachments: [...rows] } }], invalid: [] },
});

/** The same ENI without a tag of ours. */
const untagged = (eni: NetworkInterface, tags: Readonly<Record<string, string>> = {}) => ({
  ...eni,
  tags,
});

describe('the ENIs to look up by their id', () => {
  it.each<[string, Partial<Snapshot>, readonly string[]]>([
    ['one that a record names', recording('eni-1'), ['eni-1']],
    [
      'one that a row names by the instance',
      listing({ instanceID: INSTANCE_ID, eniID: 'eni-1' }),
      ['eni-1'],
    ],
    [
      'one that a row names by the node',
      { ...listing({ nodeID: 'node-1', eniID: 'eni-1' }), nodes: NODES },
      ['eni-1'],
    ],
    [
      'one that asks for its adoption',
      listing({ instanceID: INSTANCE_ID, eniID: 'eni-1', reason: 'NeedsAdoption' }),
      ['eni-1'],
    ],
    [
      'one once that both name',
      { ...recording('eni-1'), ...listing({ instanceID: INSTANCE_ID, eniID: 'eni-1' }) },
      ['eni-1'],
    ],
    ['none that is seen as ours', { ...recording('eni-1'), ours: [anEni()] }, []],
    ['none where a record has none', recording(undefined), []],
    ['none where a row has none', listing({ instanceID: INSTANCE_ID }), []],
    [
      'none that a row of ours names',
      listing({ instanceID: INSTANCE_ID, eniID: 'eni-1', reason: 'Attached' }),
      [],
    ],
    [
      'none that a row names of another node',
      { ...listing({ instanceID: 'i-other', nodeID: 'node-2', eniID: 'eni-1' }), nodes: NODES },
      [],
    ],
    ['none that a row names of no node, while there is none', listing({ eniID: 'eni-1' }), []],
    ['none where nothing is named', { nodeEnis: { items: [aNodeEni()], invalid: [] } }, []],
  ])('are %s', (_name, snapshot, ids) => {
    expect(idsToLookUp([INSTANCE_ID], someSnapshot(snapshot))).toEqual(ids);
  });
});

describe('the unadopted interfaces of an instance', () => {
  const unadopted = (snapshot: Partial<Snapshot>) =>
    assemble(INSTANCE_ID, someSnapshot(snapshot)).unadopted.map(({ nodeEni, eni }) => [
      nodeEni,
      eni.eniId,
    ]);
  const loose = untagged(anAvailableEni());
  const taken = untagged(anEni({ attachment: { ...ATTACHMENT, instanceId: 'i-other' } }));
  const peer = (eni: NetworkInterface, tags: Readonly<Record<string, string>> = {}) =>
    untagged(eni, { [PEER_TAGS.nodeEni]: 'data', ...tags });

  it.each<[string, Partial<Snapshot>]>([
    ['one that a record names', { ...recording('eni-1'), named: [anEni({ eniId: 'x' }), loose] }],
    ['one that is attached here', { ...recording('eni-1'), named: [untagged(anEni())] }],
    ['one of the Go controller that is attached here', { peers: [peer(anEni())] }],
    [
      'one of the Go controller for the node',
      { peers: [peer(anAvailableEni(), { [PEER_TAGS.node]: 'node-1' })], nodes: NODES },
    ],
  ])('are %s', (_name, snapshot) => {
    expect(unadopted(snapshot)).toEqual([['data', 'eni-1']]);
  });

  it.each<[string, Partial<Snapshot>]>([
    ['one that was not found', { ...recording('eni-1'), named: [] }],
    ['one that is attached elsewhere', { ...recording('eni-1'), named: [taken] }],
    ['one with our tags', { ...recording('eni-1'), named: [anAvailableEni()] }],
    [
      'one of the Go controller for another node',
      { peers: [peer(anAvailableEni(), { [PEER_TAGS.node]: 'node-2' })], nodes: NODES },
    ],
    [
      'one of the Go controller for no node, while there is none',
      { peers: [peer(anAvailableEni())] },
    ],
    ['one of the Go controller that is attached elsewhere', { peers: [peer(taken)], nodes: NODES }],
  ])('are not %s', (_name, snapshot) => {
    expect(unadopted(snapshot)).toEqual([]);
  });

  it('belong to no NodeENI where the Go controller names none', () => {
    expect(unadopted({ peers: [untagged(anEni())] })).toEqual([['', 'eni-1']]);
  });
});
