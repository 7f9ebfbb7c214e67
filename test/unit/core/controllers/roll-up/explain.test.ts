import { describe, expect, it } from 'vitest';
import { NOT_READY_TAINT } from '#core/apis/v1alpha1/names.ts';
import type { NodeEniStatus } from '#core/apis/v1alpha1/node-eni.ts';
import { createExplain } from '#core/controllers/roll-up/explain.ts';
import type { NodeEniObserved } from '#core/controllers/roll-up/plan.ts';
import { CallError } from '#core/errors.ts';
import type { Explanation } from '#core/explanation.ts';
import type { Instance } from '#core/ports/cloud.ts';
import {
  ago,
  aNode,
  aNodeEni,
  anInstance,
  aRecord,
  aState,
  INSTANCE_ID,
  NOW,
} from '#test/support/builders.ts';

const REFUSED: Explanation = { reason: 'AccessDenied', message: 'denied' };
const SLOT = 'data/subnet-a';
const TAINTED = aNode({ taints: [{ key: NOT_READY_TAINT, effect: 'NoSchedule' }] });

const readySince = (status: 'True' | 'False', seconds: number): NodeEniStatus => ({
  conditions: [
    { type: 'Ready', status, reason: 'R', message: '', lastTransitionTime: ago(seconds) },
  ],
});

const observed = (given: Partial<NodeEniObserved> & { readonly status?: NodeEniStatus } = {}) => {
  const { status, ...rest } = given;
  return {
    now: NOW,
    nodeEni: { ...aNodeEni({}, { generation: 2 }), ...(status && { status }) },
    faults: [],
    isReadable: true,
    matchingNodes: [aNode()],
    states: [],
    unadopted: [],
    budgetShare: 0.5,
    ...rest,
  };
};

const aRow = (nodeEniGeneration: number) =>
  aState(
    { [SLOT]: aRecord() },
    {
      interfaces: {
        [SLOT]: {
          phase: 'Attached',
          reason: 'Attached',
          message: '',
          since: ago(1),
          nodeEniGeneration,
        },
      },
    },
  );

interface World {
  readonly instances?: readonly Instance[] | CallError;
  readonly trouble?: Explanation;
}

const anExplainer = ({ instances = [anInstance()], trouble }: World = {}) => {
  const asked: string[] = [];
  const explain = createExplain({
    clock: { now: () => NOW, sleep: () => Promise.reject(new Error('nobody sleeps')) },
    instances: {
      async get(ids) {
        asked.push(`EC2 ${ids.join()}`);
        if (instances instanceof CallError) throw instances;
        return new Map(instances.map((instance) => [instance.instanceId, instance]));
      },
    },
    troubles: {
      record: () => Promise.reject(new Error('nobody records')),
      async find(id, kind) {
        asked.push(`${kind} ${id}`);
        return trouble;
      },
    },
  });
  return { asked, explain };
};

const explained = async (world: World, given: Parameters<typeof observed>[0]) => {
  const { asked, explain } = anExplainer(world);
  const { failures, stuckTaints } = await explain(observed(given));
  return { asked, failures: Object.fromEntries(failures), stuckTaints };
};

describe('createExplain', () => {
  it.each<[string, Parameters<typeof observed>[0]]>([
    ['a NodeENI of which nothing was reported yet', {}],
    ['one that has not been ready for a moment only', { status: readySince('False', 29) }],
    ['one of which every node has a row', { status: readySince('False', 60), states: [aRow(2)] }],
    [
      'an edit, before the reconciles had their time',
      { status: readySince('True', 600), states: [aRow(1)] },
    ],
  ])('asks nobody about %s', async (_name, given) => {
    expect(await explained({ trouble: REFUSED }, given)).toEqual({
      asked: [],
      failures: {},
      stuckTaints: [],
    });
  });

  it.each<[string, World, string]>([
    ['an instance EC2 does not know', { instances: [] }, 'InstanceNotFound'],
    ['one that has ended', { instances: [anInstance({ state: 'terminated' })] }, 'InstanceEnded'],
    [
      'one that is ending',
      { instances: [anInstance({ state: 'shutting-down' })] },
      'InstanceEnded',
    ],
    ['one whose reconciles fail', { trouble: REFUSED }, 'AccessDenied'],
    [
      'one about which EC2 may not be asked',
      { instances: new CallError('Denied', 'D', 'no') },
      'AccessDenied',
    ],
  ])('tells why a node has no row: %s', async (_name, world, reason) => {
    for (const status of [readySince('True', 600), readySince('False', 30)]) {
      const { failures } = await explained(world, { status });
      expect(failures).toMatchObject({ [INSTANCE_ID]: { reason } });
    }
  });

  it('takes a refusal that passes by itself for no reason', async () => {
    const instances = new CallError('Throttled', 'RequestLimitExceeded', 'slow down');

    expect((await explained({ instances }, { status: readySince('True', 600) })).failures).toEqual(
      {},
    );
  });

  it('tells why a row lags behind an edit', async () => {
    const given = { status: readySince('False', 30), states: [aRow(1)] };

    expect((await explained({ trouble: REFUSED }, given)).failures).toEqual({
      [INSTANCE_ID]: REFUSED,
    });
  });

  it('asks once a minute, however often it is rolled up', async () => {
    const { asked, explain } = anExplainer();
    const given = observed({ status: readySince('False', 60) });

    await explain(given);
    await explain(given);

    expect(asked).toEqual([`EC2 ${INSTANCE_ID}`, `ReconcileFailed ${INSTANCE_ID}`]);
  });

  it('tells of a taint that stays on a node of which every interface is ready', async () => {
    const given = { matchingNodes: [TAINTED], states: [aRow(2)] };

    expect((await explained({ trouble: REFUSED }, given)).stuckTaints).toEqual([
      { nodeName: TAINTED.name, ...REFUSED },
    ]);
    expect(
      (await explained({ trouble: REFUSED }, { matchingNodes: [TAINTED] })).stuckTaints,
    ).toEqual([]);
  });
});
