import { describe, expect, it } from 'vitest';
import { PEER_TAGS, TAGS } from '#core/apis/v1alpha1/names.ts';
import { createAdoption } from '#core/operations/adoption/adoption.ts';
import type { NetworkInterface } from '#core/ports/cloud.ts';
import {
  aNode,
  aNodeEni,
  anAvailableEni,
  anEni,
  INSTANCE_ID,
  NOW,
} from '#test/support/builders.ts';

type Dependencies = Parameters<typeof createAdoption>[0];

const nobodyAsks = () => Promise.reject(new Error('nobody asks'));
const peer = (eni: NetworkInterface): NetworkInterface => ({ ...eni, tags: {} });

/** Two NodeENIs, of which each has one ENI to take over and `data` one of no known instance. */
const anAdoption = () => {
  const done: unknown[] = [];
  const adoption = createAdoption({
    clock: { now: () => NOW, sleep: nobodyAsks },
    clusterName: 'prod',
    identity: { uid: async () => 'cluster-uid' },
    enis: {
      async setTags(eniId: string, tags: Readonly<Record<string, string>>) {
        done.push(['tag', eniId, tags[TAGS.clusterUid], tags[TAGS.name]]);
      },
      async removeTags(eniId: string, keys: readonly string[]) {
        done.push(['untag', eniId, ...keys]);
      },
    } as Partial<Dependencies['enis']> as Dependencies['enis'],
    nodeEnis: {
      list: async () => ({ items: [aNodeEni(), aNodeEni({}, { name: 'voice' })], invalid: [] }),
    } as unknown as Dependencies['nodeEnis'],
    states: { list: async () => [] } as unknown as Dependencies['states'],
    nodes: { list: async () => [aNode()] } as unknown as Dependencies['nodes'],
    workQueue: {
      async hint(keys) {
        done.push(['reconcile', ...keys.map((key) => Object.values(key).join(' '))]);
      },
      requeueAfter: nobodyAsks,
      announce: nobodyAsks,
    },
    findUnadopted: async ({ metadata: { name } }) => [
      { eni: peer(anEni({ eniId: `eni-${name}` })) },
      ...(name === 'data' ? [{ eni: peer(anAvailableEni({ eniId: 'eni-lost' })) }] : []),
    ],
  });
  return { done, adoption };
};

const taken = (name: string) => [
  ['tag', `eni-${name}`, 'cluster-uid', name],
  ['untag', `eni-${name}`, PEER_TAGS.managedBy],
  ['reconcile', `instance ${INSTANCE_ID}`, `node-eni ${name}`],
];

describe('adopt', () => {
  it("takes over all that can be, the Go controller's mark last, and tells what it left", async () => {
    const { done, adoption } = anAdoption();

    const actions = await adoption.adopt({ isDryRun: false });

    expect(actions).toMatchObject([
      { type: 'adopt', nodeEni: 'data', eniId: 'eni-data', instanceId: INSTANCE_ID },
      { type: 'refuse', nodeEni: 'data', eniId: 'eni-lost' },
      { type: 'adopt', nodeEni: 'voice', eniId: 'eni-voice' },
    ]);
    expect(done).toEqual([...taken('data'), ...taken('voice')]);
  });

  it('takes over only what is asked for', async () => {
    const { done, adoption } = anAdoption();

    await adoption.adopt({ names: ['voice'], isDryRun: false });

    expect(done).toEqual(taken('voice'));
  });

  it('tells the same in a dry run, and changes nothing', async () => {
    const { done, adoption } = anAdoption();

    const told = await adoption.adopt({ isDryRun: true });

    expect(done).toEqual([]);
    expect(told).toEqual(await adoption.adopt({ isDryRun: false }));
  });
});
