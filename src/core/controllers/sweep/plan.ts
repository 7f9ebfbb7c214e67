import { NO_INSTANCE, NOT_READY_TAINT, TAGS } from '#core/apis/v1alpha1/names.ts';
import type { NodeEniState } from '#core/apis/v1alpha1/node-eni-state.ts';
import { fromAnotherStart } from '#core/fair-start.ts';
import type { Instance, NetworkInterface } from '#core/ports/cloud.ts';
import type { ClusterNode, NodeEniList } from '#core/ports/cluster.ts';
import type { ScalingInstance } from '#core/ports/scaling.ts';
import { isEnding, isWaiting } from '#core/scaling/lifecycle-state.ts';
import type { SweepActions } from './actions.ts';
import type { Members } from './members.ts';

/** The whole world at one moment. EC2 is listed before Kubernetes, so that an owner cannot be missed. */
export interface Snapshot extends Members {
  readonly now: Date;
  readonly instances: ReadonlyMap<string, Instance>;
  readonly enis: readonly NetworkInterface[];
  readonly nodeEnis: NodeEniList;
  readonly states: readonly NodeEniState[];
  readonly nodes: readonly ClusterNode[];
}

/** Least age of an ENI before it can count as an orphan: younger ones may still be on their way. */
const ORPHAN_AGE_SECONDS = 300;

/** Most orphans handled in one run: a mistake stays small, and a person has time to see it. */
const MOST_ORPHANS = 20;

const isOld = (eni: NetworkInterface, now: Date): boolean => {
  const createdAt = Date.parse(eni.tags[TAGS.createdAt] ?? '');
  // Without a readable time of birth nothing can be said of its age, so it is left for a person.
  return now.getTime() - createdAt >= ORPHAN_AGE_SECONDS * 1000;
};

/** True when no tag tells whose it was, or the first sighting wrote that nobody knows: no slot ever finds it again. */
const isLost = ({ tags }: NetworkInterface): boolean =>
  tags[TAGS.instance] === undefined || tags[TAGS.instance] === NO_INSTANCE;

/** NodeENIs by uid, with whether they keep an ENI that no slot of theirs can find. One that is being deleted waits for its end. */
const ownersIn = ({ items, invalid }: NodeEniList): ReadonlyMap<string, { keepsLost: boolean }> => {
  const retaining = items.filter(({ spec }) => spec.deleteOnTermination === false);
  const keepers = new Set([...retaining, ...invalid]);
  return new Map(
    [...items, ...invalid].map((owner) => {
      const { uid, deletionTimestamp } = owner.metadata;
      return [uid, { keepsLost: keepers.has(owner) && deletionTimestamp === undefined }] as const;
    }),
  );
};

/**
 * Ours, unattached, old enough, recorded nowhere, and of a NodeENI that no longer exists, or of one whose slots it is lost to: to a
 * retained ENI that happens too, and it stays with its NodeENI.
 */
const orphansIn = ({ enis, nodeEnis, states, now }: Snapshot): NetworkInterface[] => {
  const owners = ownersIn(nodeEnis);
  const records = states.flatMap(({ spec }) => Object.values(spec.interfaces ?? {}));
  const recorded = new Set(records.flatMap(({ eniId, create }) => [eniId, create?.incarnation]));
  const isOwned = (eni: NetworkInterface): boolean => {
    const owner = owners.get(eni.tags[TAGS.uid] ?? '');
    return owner !== undefined && (owner.keepsLost || !isLost(eni));
  };
  const orphans = enis.filter(
    (eni) =>
      eni.status === 'available' &&
      eni.attachment === undefined &&
      !isOwned(eni) &&
      !recorded.has(eni.eniId) &&
      !(isLost(eni) && recorded.has(eni.tags[TAGS.createdAt])) &&
      isOld(eni, now),
  );
  // Some may be such that they can be neither marked nor deleted: they must not be the first ones for ever.
  return fromAnotherStart(orphans, now).slice(0, MOST_ORPHANS);
};

/** What a first sighting writes on an orphan: when it was, and an instance if the tag that names it is gone. */
export const markOf = (eni: NetworkInterface, now: Date): Readonly<Record<string, string>> => ({
  [TAGS.orphanSince]: now.toISOString(),
  ...(eni.tags[TAGS.instance] === undefined && { [TAGS.instance]: NO_INSTANCE }),
});

/** First sightings get a mark; the second sighting sends the instance's reconcile, which deletes. */
export const planOrphans = (snapshot: Snapshot) => {
  const orphans = orphansIn(snapshot);
  const isMarked = ({ tags }: NetworkInterface) =>
    tags[TAGS.orphanSince] !== undefined && tags[TAGS.instance] !== undefined;
  return {
    mark: orphans.filter((eni) => !isMarked(eni)),
    collect: orphans.filter(isMarked),
  };
};

/** Instances that wait for a lifecycle hook, whoever's: who looks closer finds out. */
export const waitingIn = ({ members }: Pick<Snapshot, 'members'>): ScalingInstance[] =>
  members.filter(isWaiting);

/** Instances whose node still carries the startup taint. */
export const taintedIn = ({ nodes }: Snapshot): string[] =>
  nodes
    .filter(({ taints }) => taints.some(({ key }) => key === NOT_READY_TAINT))
    .flatMap(({ instanceId }) => instanceId ?? []);

/** Every instance anything is known of: in EC2, by a state object, by an ENI's tag, by a Node. */
export const knownInstanceIds = (
  snapshot: Pick<Snapshot, 'instances' | 'enis' | 'states' | 'nodes'>,
): string[] => [
  ...new Set([
    ...snapshot.instances.keys(),
    ...snapshot.states.map(({ metadata }) => metadata.name),
    ...snapshot.enis.flatMap(({ tags }) => tags[TAGS.instance] ?? []),
    ...snapshot.nodes.flatMap(({ instanceId }) => instanceId ?? []),
  ]),
];

/** Instances that Auto Scaling ends. */
export const terminatingIn = ({ members }: Snapshot): ReadonlySet<string> =>
  new Set(members.filter(isEnding).map(({ instanceId }) => instanceId));

/** What one sweep does. In: the world, and which of it the controllers' own plans would change. */
export const planSweep = (
  snapshot: Snapshot,
  unsettled: { readonly instances: readonly string[]; readonly nodeEnis: readonly string[] },
): SweepActions => {
  const { mark, collect } = planOrphans(snapshot);
  const keepAlive = waitingIn(snapshot);
  return {
    hintInstances: [
      ...new Set([
        ...unsettled.instances,
        ...keepAlive.map(({ instanceId }) => instanceId),
        ...taintedIn(snapshot),
        ...collect.flatMap(({ tags }) => tags[TAGS.instance] ?? []),
      ]),
    ],
    hintNodeEnis: unsettled.nodeEnis,
    keepAlive,
    mark,
    collect,
  };
};
