import { describe, expect, it } from 'vitest';
import { FINALIZER } from '#core/apis/v1alpha1/names.ts';
import type { NodeEni, NodeEniStatus } from '#core/apis/v1alpha1/node-eni.ts';
import type { NodeEniState } from '#core/apis/v1alpha1/node-eni-state.ts';
import { createRollUp } from '#core/controllers/roll-up/controller.ts';
import { CallError } from '#core/errors.ts';
import type { Explanation } from '#core/explanation.ts';
import type { Instance, NetworkInterface } from '#core/ports/cloud.ts';
import type { ClusterNode, InvalidNodeEni } from '#core/ports/cluster.ts';
import {
  ago,
  aNode,
  aNodeEni,
  anEni,
  aRecord,
  aState,
  INSTANCE_ID,
  NOW,
} from '#test/support/builders.ts';

const SLOT = 'data/subnet-a';
const DELETED = { deletionTimestamp: ago(10), finalizers: [FINALIZER] };

interface World {
  readonly items?: readonly NodeEni[];
  readonly invalid?: readonly InvalidNodeEni[];
  readonly states?: readonly NodeEniState[];
  readonly remaining?: readonly NetworkInterface[];
  readonly peers?: readonly NetworkInterface[];
  readonly instances?: readonly Instance[];
  /** What failed reconciles left behind. */
  readonly trouble?: Explanation;
  /** Fails every write to this NodeENI. */
  readonly refused?: string;
  readonly nodes?: readonly ClusterNode[];
  /** Fails a list of nodes by this selector. */
  readonly refusedSelector?: string;
}

const nobodyAsks = () => Promise.reject(new Error('nobody asks'));

/** A cluster with one matching node; what is asked and changed is noted in its order. */
const aRollUp = ({ items = [], invalid = [], states = [], remaining = [], ...world }: World) => {
  const done: string[] = [];
  const written: NodeEniStatus[] = [];
  const note = async (text: string) => {
    if (world.refused !== undefined && text.includes(`${world.refused} `))
      throw new CallError('Conflict', 'Conflict', 'changed meanwhile');
    done.push(text);
  };
  type Dependencies = Parameters<typeof createRollUp>[0];
  const rollUp = createRollUp({
    clock: { now: () => NOW, sleep: nobodyAsks },
    enis: {
      async listForNodeEni(uid: string) {
        await note(`list ENIs of ${uid}`);
        return remaining;
      },
    } as Dependencies['enis'],
    states: { list: async () => states } as Dependencies['states'],
    nodes: {
      async list(selector?: string) {
        await note(`list nodes ${selector}`);
        if (selector === world.refusedSelector)
          throw new CallError('Invalid', 'BadRequest', 'unable to parse requirement');
        return world.nodes ?? [aNode()];
      },
    },
    networks: {
      forBatch: () => ({ reconcile: async () => undefined, look: async () => undefined }),
    },
    nodeEnis: {
      list: async () => ({ items, invalid }),
      get: nobodyAsks,
      addFinalizer: ({ metadata }) => note(`${metadata.name} gets its finalizer`),
      removeFinalizer: ({ metadata }) => note(`${metadata.name} loses its finalizer`),
      patchStatus(name, status) {
        written.push(status);
        return note(`${name} is ${status.conditions?.[0]?.reason}`);
      },
    },
    events: { record: ({ metadata }, { reason }) => note(`${metadata.name} event ${reason}`) },
    workQueue: {
      hint: (keys) => note(`reconcile ${keys.map((key) => Object.values(key).join(' ')).join()}`),
      announce: nobodyAsks,
      requeueAfter: (key, seconds) =>
        note(`reconcile ${Object.values(key).join(' ')} in ${seconds} s`),
    },
    instances: { get: async () => new Map(world.instances?.map((one) => [one.instanceId, one])) },
    troubles: { record: nobodyAsks, find: async () => world.trouble },
    findUnadopted: async () => (world.peers ?? []).map((eni) => ({ eni })),
    budgetShare: 0.5,
  });
  return { done, written, rollUp };
};

const reconciled = async (world: World, names = ['data']) => {
  const { done, rollUp } = aRollUp(world);
  const errors = await rollUp.reconcile(names);
  return { done, errors };
};

describe('reconcile', () => {
  it('gives a new NodeENI its finalizer first, then asks for reconciles, then tells', async () => {
    const { done, errors } = await reconciled({ items: [aNodeEni({}, { finalizers: [] })] });

    expect(done).toEqual([
      'list nodes ng=multi-eni',
      'data gets its finalizer',
      `reconcile instance ${INSTANCE_ID}`,
      'reconcile node-eni data in 60 s',
      'data is InProgress',
      'data event InProgress',
    ]);
    expect(errors).toEqual(new Map([['data', undefined]]));
  });

  describe('of many NodeENIs', () => {
    const selecting = (name: string, ng: string) =>
      aNodeEni({ nodeSelector: { ng, team: name } }, { name });
    const items = [selecting('data', 'a'), selecting('voice', 'b'), selecting('third', 'a')];
    const nodes = [
      aNode({ name: 'node-2', labels: { ng: 'a', team: 'data' } }),
      aNode({ name: 'node-1', labels: { ng: 'b', team: 'voice' } }),
      aNode({ name: 'node-3', labels: { ng: 'b', team: 'data' } }),
    ];
    const names = ['data', 'voice', 'third'];

    it('lists nodes once, by a label that all of them ask for, and tells each of its own', async () => {
      const { done, written, rollUp } = aRollUp({ items, nodes });

      await rollUp.reconcile(names);

      expect(done.filter((line) => line.startsWith('list nodes'))).toEqual([
        'list nodes ng in (a,b)',
      ]);
      expect(written.map(({ matchedNodes }) => matchedNodes).toSorted()).toEqual([0, 1, 1]);
    });

    it('lists nodes for none that goes', async () => {
      const going = items.map((item) => ({ ...item, metadata: { ...item.metadata, ...DELETED } }));

      const { done } = await reconciled({ items: going, nodes }, names);

      expect(done.filter((line) => line.startsWith('list nodes'))).toEqual([]);
    });

    it('lists for each by itself when the API server cannot read the selector of one', async () => {
      const refusedSelector = 'ng in (a,b)';
      const { done } = await reconciled({ items, nodes, refusedSelector }, names);

      expect(done.filter((line) => line.startsWith('list nodes'))).toEqual([
        `list nodes ${refusedSelector}`,
        'list nodes ng=a,team=data',
        'list nodes ng=b,team=voice',
        'list nodes ng=a,team=third',
      ]);
    });
  });

  it('stops at the first failure, and tells it of this NodeENI only', async () => {
    const items = [
      aNodeEni({}, { finalizers: [] }),
      aNodeEni({}, { name: 'voice', finalizers: [] }),
    ];

    const { done, errors } = await reconciled({ items, refused: 'data' }, ['data', 'voice']);

    expect(done.filter((line) => line.startsWith('data'))).toEqual([]);
    expect(done).toContain('voice is InProgress');
    expect(errors.get('data')).toMatchObject({ failure: 'Conflict' });
    expect(errors.get('voice')).toBeUndefined();
  });

  it('lets a deleted NodeENI go once EC2 shows nothing of it, and asks for no nodes', async () => {
    const { done } = await reconciled({ items: [aNodeEni({}, DELETED)] });

    expect(done).toEqual(['list ENIs of uid-of-data', 'data loses its finalizer']);
  });

  it('asks EC2 only when nothing else holds a deletion back', async () => {
    const { done } = await reconciled({
      items: [aNodeEni({}, DELETED)],
      states: [aState({ [SLOT]: aRecord() })],
    });

    expect(done).toEqual([
      `reconcile instance ${INSTANCE_ID}`,
      'data is Deleting',
      'reconcile node-eni data in 15 s',
      'data event Deleting',
    ]);
  });

  it('holds a deletion back for an ENI that EC2 still shows', async () => {
    const { done } = await reconciled({ items: [aNodeEni({}, DELETED)], remaining: [anEni()] });

    expect(done).toContain(`reconcile instance ${INSTANCE_ID}`);
    expect(done).not.toContain('data loses its finalizer');
  });

  it('tells of ENIs that wait for adoption', async () => {
    const { done } = await reconciled({ items: [aNodeEni()], peers: [anEni()] });

    expect(done).toContain('data is NeedsAdoption');
  });

  it('sends the instances to what a NodeENI left that is gone with its finalizer', async () => {
    const { done } = await reconciled({
      states: [aState({ [SLOT]: aRecord(), 'voice/subnet-a': aRecord() })],
    });
    const nothing = await reconciled({ states: [aState({ 'voice/subnet-a': aRecord() })] });

    expect(done).toEqual([`reconcile instance ${INSTANCE_ID}`]);
    expect(nothing.done).toEqual([]);
  });

  it('says what is wrong with an object that fits no schema, and lets it be deleted', async () => {
    const broken: InvalidNodeEni = {
      name: 'data',
      metadata: { ...aNodeEni().metadata },
      faults: ['spec.subnetIDs: not a list'],
    };
    const gone = { ...broken, metadata: { ...broken.metadata, ...DELETED } };

    const kept = await reconciled({ invalid: [broken] });
    const deleted = await reconciled({ invalid: [gone] });

    expect(kept.done).toEqual(['data is UnreadableSpec', 'data event UnreadableSpec']);
    expect(deleted.done.at(-1)).toBe('data loses its finalizer');
  });
});

describe('reconcile, for what the API server should have refused', () => {
  it('tells by its own message each rule that a stored object breaks, and no other', async () => {
    const { written, rollUp } = aRollUp({ items: [aNodeEni({ subnetID: '' })] });

    await rollUp.reconcile(['data']);

    const specValid = written[0]?.conditions?.find(({ type }) => type === 'SpecValid');
    expect(specValid).toMatchObject({
      status: 'False',
      message: expect.stringMatching(/^no subnet[^;]*$/),
    });
  });

  it('keeps the times in the status of an object that fits no schema', async () => {
    const broken: InvalidNodeEni = {
      name: 'data',
      metadata: aNodeEni().metadata,
      faults: ['spec.subnetIDs: not a list'],
    };
    const first = aRollUp({ invalid: [broken] });
    await first.rollUp.reconcile(['data']);
    const status = first.written[0] ?? {};

    const { done } = await reconciled({ invalid: [{ ...broken, status }] });

    expect(status.conditions).toContainEqual(
      expect.objectContaining({ type: 'SpecValid', message: 'spec.subnetIDs: not a list' }),
    );
    expect(done).toEqual([]);
  });
});

describe('findUnsettled', () => {
  const attached = { phase: 'Attached', reason: 'Attached', message: '', since: ago(60) } as const;
  const states = [aState({ [SLOT]: aRecord() }, { interfaces: { [SLOT]: attached } })];

  const unsettled = async (nodeEni: NodeEni) => {
    const { done, rollUp } = aRollUp({});
    const nodes = [aNode(), aNode({ name: 'other', labels: { ng: 'other' } })];
    const names = await rollUp.findUnsettled({
      nodeEnis: { items: [nodeEni], invalid: [] },
      states,
      nodes,
    });
    return { names, done };
  };

  it('names a NodeENI whose status lags, and changes nothing', async () => {
    expect(await unsettled(aNodeEni())).toEqual({ names: ['data'], done: [] });
  });

  it('does not name one whose status says everything of the nodes that match', async () => {
    const { written, rollUp } = aRollUp({ items: [aNodeEni()], states });
    await rollUp.reconcile(['data']);

    const nodeEni = { ...aNodeEni(), status: written.at(-1) ?? {} };

    expect(nodeEni.status.matchedNodes).toBe(1);
    expect((await unsettled(nodeEni)).names).toEqual([]);
  });
});
