import type { HostStatus, NodeEniState, SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import { isAbout, isConfigured } from '#core/host-report.ts';
import type { InstancePlan } from '#core/instance/instance-plan.ts';
import type { Observed } from '#core/instance/observed.ts';
import { addressesOf, isOwnName, mayOffer } from '#core/instance/pod-network.ts';
import { recordsAfter } from '#core/instance/records-after.ts';
import type { ClusterNode, ResourceChanges } from '#core/ports/cluster.ts';

/** What brings the resources of a node in line. */
export interface CapacityPlan {
  readonly changes: ResourceChanges;
  /** The resources that are ours, to be recorded before and after the changes. Absent: as they are recorded. */
  readonly offeredBefore?: string[];
  readonly offeredAfter?: string[];
}

const NOTHING: CapacityPlan = { changes: {} };

interface Offer {
  readonly resourceName: string;
  readonly count: number;
}

/**
 * How many pods a node takes for a network. None before its host has said that it is ready, nor once it is to be released. While
 * the host has not answered to a change, what was offered for the same ENI stays, as far as it is there still.
 */
const countOf = (record: SlotSpec, host: HostStatus | undefined, offered: number): number => {
  const { podNetwork } = record;
  if (podNetwork === undefined || record.phase !== 'Present' || host === undefined) return 0;
  const count = addressesOf(podNetwork);
  if (isConfigured(host, record)) return count;
  const isUnanswered = host.eniId === record.eniId && !isAbout(host, record);
  return isUnanswered && host.podNetwork?.state === 'Ready' ? Math.min(offered, count) : 0;
};

const offersOf = (
  records: NonNullable<NodeEniState['spec']['interfaces']>,
  state: NodeEniState | undefined,
  node: ClusterNode,
): Offer[] => {
  const offers = Object.entries(records).flatMap(([slot, record]): Offer[] => {
    const { resourceName } = record.podNetwork ?? {};
    if (resourceName === undefined || !mayOffer(resourceName, state, node)) return [];
    const offered = Number(node.extendedResources?.[resourceName] ?? 0);
    return [{ resourceName, count: countOf(record, state?.status?.host?.[slot], offered) }];
  });
  // A slot on its way out may stand beside the one that comes after it.
  const byName = Map.groupBy(offers, ({ resourceName }) => resourceName);
  return [...byName].map(([resourceName, same]) => ({
    resourceName,
    count: Math.max(...same.map(({ count }) => count)),
  }));
};

/**
 * What the node is to have of the resources of its networks ("Extended resources", kubernetes.io). A pod that asks for one never
 * comes to a node whose network is not ready, nor to one without a free address.
 */
export const planCapacity = (plan: InstancePlan, observed: Observed): CapacityPlan => {
  const { node, state } = observed;
  if (node === undefined || plan.isUndecided || plan.isFinished) return NOTHING;
  const has = node.extendedResources ?? {};
  const recorded = state?.spec.offeredResources ?? [];
  const offers = offersOf(recordsAfter(plan, observed), state, node);
  const names = offers.map(({ resourceName }) => resourceName);
  const changed = offers.filter(
    ({ resourceName, count }) => Number(has[resourceName] ?? 0) !== count,
  );
  const ended = recorded.filter((name) => !names.includes(name));
  // Somebody may have deleted the record before the node was changed.
  const leftBehind = Object.keys(has).filter(
    (name) => isOwnName(name, state) && !names.includes(name),
  );
  const begun = offers
    .filter(({ resourceName, count }) => count > 0 && !recorded.includes(resourceName))
    .map(({ resourceName }) => resourceName);
  return {
    changes: Object.fromEntries([
      ...changed.map(({ resourceName, count }) => [resourceName, count]),
      ...[...ended.filter((name) => name in has), ...leftBehind].map(
        (name) => [name, null] as const,
      ),
    ]),
    ...(begun.length > 0 && { offeredBefore: [...recorded, ...begun] }),
    ...(ended.length > 0 && {
      offeredAfter: [...recorded.filter((name) => !ended.includes(name)), ...begun],
    }),
  };
};

/** True when the node has what it is to have, and that is recorded. */
export const isSettled = ({ changes, offeredBefore, offeredAfter }: CapacityPlan): boolean =>
  Object.keys(changes).length === 0 && offeredBefore === undefined && offeredAfter === undefined;
