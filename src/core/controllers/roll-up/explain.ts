import { NOT_READY_TAINT } from '#core/apis/v1alpha1/names.ts';
import { type Explanation, explanationOf } from '#core/explanation.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Instance, InstanceProvider } from '#core/ports/cloud.ts';
import type { ClusterNode, InstanceTroubles } from '#core/ports/cluster.ts';
import { type Explained, fullNodesIn, NOTHING_EXPLAINED } from './left-out.ts';
import { conditionBefore } from './picture.ts';
import type { NodeEniObserved } from './plan.ts';
import { isUnreported, type Row, rowsOf, unreadyReason } from './rows.ts';

interface Sources {
  readonly clock: Clock;
  readonly instances: Pick<InstanceProvider, 'get'>;
  readonly troubles: InstanceTroubles;
}

/** A reconcile that has been asked for comes within this time, as a rule: nobody asks why before. */
const PATIENCE_SECONDS = 30;

/** Most instances that are asked about: a message names few of them. */
const MOST_INSTANCES = 100;
const MOST_TROUBLES = 10;

/** How long an answer is good enough: a large launch is rolled up every few seconds. */
const ANSWER_SECONDS = 60;

const ENDED = ['shutting-down', 'terminated'];

const explainInstance = (instanceId: string, instance: Instance | undefined) => {
  if (instance === undefined)
    return {
      reason: 'InstanceNotFound',
      message: `EC2 knows no instance ${instanceId} in this account and region`,
    };
  if (!ENDED.includes(instance.state)) return undefined;
  return { reason: 'InstanceEnded', message: `its instance ${instanceId} is ${instance.state}` };
};

const isTainted = ({ taints }: ClusterNode): boolean =>
  taints.some(({ key }) => key === NOT_READY_TAINT);

/** Instances about which something is to be asked. */
const candidatesIn = ({ nodeEni, matchingNodes, states, now }: NodeEniObserved) => {
  const { name, generation } = nodeEni.metadata;
  const rows = rowsOf(name, states, generation);
  const byInstance = Map.groupBy(rows, ({ instanceId }) => instanceId);
  const before = conditionBefore(nodeEni, 'Ready');
  const since = Date.parse(before?.lastTransitionTime ?? '');
  const isOverdue = before?.status === 'False' && now.getTime() - since >= PATIENCE_SECONDS * 1000;

  const full = fullNodesIn(states);
  const rowsOn = ({ instanceId = '' }: ClusterNode): readonly Row[] =>
    byInstance.get(instanceId) ?? [];
  const isReady = (row: Row) => unreadyReason(row) === undefined;
  const nodes = matchingNodes.filter(({ instanceId }) => instanceId !== undefined);
  return {
    // What was ready and gets a node without a row: has its instance ended, or is it new?
    unseen:
      isOverdue || before?.status === 'True'
        ? nodes
            .filter((node) => rowsOn(node).length === 0)
            .flatMap(({ instanceId = '' }) => (full.has(instanceId) ? [] : instanceId))
        : [],
    unreported: isOverdue
      ? [...new Set(rows.filter(isUnreported).map(({ instanceId }) => instanceId))]
      : [],
    tainted: nodes.filter(
      (node) => isTainted(node) && rowsOn(node).length > 0 && rowsOn(node).every(isReady),
    ),
  };
};

/** Finds out why matched nodes are not served, from EC2 and from what failed reconciles left behind. Nothing here fails a roll-up. */
export const createExplain = ({ clock, instances, troubles }: Sources) => {
  const answers = new Map<
    string,
    { readonly at: number; readonly failures: Explained['failures'] }
  >();
  const described = new Map<
    string,
    { readonly at: number; readonly instance: Promise<Instance | undefined> }
  >();

  /** Many NodeENIs may ask about one instance: EC2 is asked once. */
  const describe = async (ids: readonly string[]) => {
    const at = clock.now().getTime();
    for (const [id, answer] of described)
      if (at - answer.at >= ANSWER_SECONDS * 1000) described.delete(id);
    const missing = ids.filter((id) => !described.has(id));
    if (missing.length > 0) {
      const found = instances.get(missing);
      for (const id of missing) {
        const instance = found.then((known) => known.get(id));
        described.set(id, { at, instance });
        instance.catch(() => described.delete(id));
      }
    }
    const known = await Promise.all(
      ids.map(async (id) => [id, await described.get(id)?.instance] as const),
    );
    return new Map(known);
  };

  const find = (...question: Parameters<InstanceTroubles['find']>) =>
    troubles.find(...question).catch(() => undefined);

  const explainFailures = async (unseen: readonly string[], unreported: readonly string[]) => {
    const asked = unseen.slice(0, MOST_INSTANCES);
    const failures = new Map<string, Explanation>();
    const note = (id: string, explanation: Explanation | undefined) =>
      explanation && failures.set(id, explanation);
    try {
      const known = await describe(asked);
      for (const id of asked) note(id, explainInstance(id, known.get(id)));
    } catch (error) {
      for (const id of asked) note(id, explanationOf(error));
    }
    const others = [...asked, ...unreported]
      .filter((id) => !failures.has(id))
      .slice(0, MOST_TROUBLES);
    await Promise.all(others.map(async (id) => note(id, await find(id, 'ReconcileFailed'))));
    return failures;
  };

  const failuresOf = async (
    uid: string,
    unseen: readonly string[],
    unreported: readonly string[],
  ) => {
    if (unseen.length + unreported.length === 0) return NOTHING_EXPLAINED.failures;
    const at = clock.now().getTime();
    const before = answers.get(uid);
    if (before !== undefined && at - before.at < ANSWER_SECONDS * 1000) return before.failures;
    const failures = await explainFailures(unseen, unreported);
    answers.set(uid, { at, failures });
    return failures;
  };

  return async (observed: NodeEniObserved): Promise<Explained> => {
    const { unseen, unreported, tainted } = candidatesIn(observed);
    const stuck = tainted.slice(0, MOST_TROUBLES).map(async ({ name, instanceId = '' }) => {
      const explanation = await find(instanceId, 'StartupTaintStuck');
      return explanation === undefined ? [] : [{ nodeName: name, ...explanation }];
    });
    return {
      failures: await failuresOf(observed.nodeEni.metadata.uid, unseen, unreported),
      stuckTaints: (await Promise.all(stuck)).flat(),
    };
  };
};
