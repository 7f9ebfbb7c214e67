import { TAGS } from '#core/apis/v1alpha1/names.ts';
import type { NodeEniState } from '#core/apis/v1alpha1/node-eni-state.ts';
import { withAnswer } from '#core/instance/host-command.ts';
import type { Observed } from '#core/instance/observed.ts';
import { once } from '#core/once.ts';
import type { NetworkInterface } from '#core/ports/cloud.ts';
import type { NodeEniList } from '#core/ports/cluster.ts';
import { readAnswer } from '../host-commands/answer.ts';
import { forgottenSlots, withoutRows } from '../host-commands/restart.ts';
import { concerning } from './concerned.ts';
import { voidedRows, withRows } from './host-boot.ts';
import type { Snapshot } from './snapshot.ts';
import { indexInterfaces, knownOf } from './snapshot.ts';
import { unadoptedFor } from './unadopted.ts';
import { interfacesOf } from './whose.ts';

const invalidIn = once(({ invalid }: NodeEniList) =>
  invalid.filter(({ metadata }) => metadata.deletionTimestamp === undefined),
);

const recordedIn = (state: NodeEniState | undefined): ReadonlySet<string | undefined> =>
  new Set(Object.values(state?.spec.interfaces ?? {}).map(({ eniId }) => eniId));

const doubtsOf = (id: string, { rivals, unsure }: Snapshot): Partial<Observed> => {
  const claimants = rivals?.get(id);
  return {
    ...(claimants && { rivals: claimants }),
    ...(unsure?.has(id) && { isNodeUnsure: true }),
  };
};

const reportedByScaling = (instanceId: string, snapshot: Snapshot) => {
  const predictedLabels = snapshot.predictions.get(instanceId);
  const scalingTrouble = snapshot.scalingTroubles?.get(instanceId);
  return { ...(predictedLabels && { predictedLabels }), ...(scalingTrouble && { scalingTrouble }) };
};

/** Where the ENIs are that a record, a row or a tag says were made for this instance. */
const elsewhereFrom = (
  instanceId: string,
  { named, ours }: Snapshot,
): ReadonlyMap<string, string> =>
  new Map(
    [...named, ...(indexInterfaces(ours).ofInstance.get(instanceId) ?? [])].flatMap(
      ({ eniId, attachment }) =>
        attachment === undefined || attachment.instanceId === instanceId
          ? []
          : [[eniId, attachment.instanceId] as const],
    ),
  );

/** What is the same for every instance. */
const decidedFor = ({ settings, runCommand }: Snapshot): Partial<Observed> => ({
  ...(settings && { settings }),
  ...(runCommand && { runCommand }),
});

/** The observation of one instance. */
export const assemble = (instanceId: string, snapshot: Snapshot): Observed => {
  const { uid, name } = snapshot.cluster;
  const isOurs = ({ tags }: NetworkInterface) =>
    tags[TAGS.cluster] === name && tags[TAGS.clusterUid] === uid;
  const instance = snapshot.instances.get(instanceId);
  const limits = instance && snapshot.limits.get(instance.instanceType);
  const node = snapshot.nodes.get(instanceId);
  const stored = snapshot.states.get(instanceId);
  const answer = readAnswer(stored, snapshot.invocations?.get(instanceId), snapshot.now);
  const told = stored && answer ? withAnswer(stored, answer) : stored;
  const forgotten = told ? forgottenSlots(told, { instance, node }) : [];
  const voided = told ? voidedRows(told, instance) : {};
  const state = told && withRows(withoutRows(told, forgotten), voided);
  const mine = interfacesOf({
    ...snapshot,
    instanceId,
    nodeEnis: snapshot.nodeEnis.items,
    listings: [snapshot.named, snapshot.ours],
  });
  const recorded = recordedIn(stored);
  const elsewhere = elsewhereFrom(instanceId, snapshot);
  return {
    now: snapshot.now,
    cluster: snapshot.cluster,
    instanceId,
    ...(instance && { instance }),
    ...(limits && { limits }),
    ...(node && { node }),
    ...doubtsOf(instanceId, snapshot),
    ...reportedByScaling(instanceId, snapshot),
    ...(state && { state }),
    ...(answer && { answer }),
    forgotten,
    ...(Object.keys(voided).length > 0 && { voided }),
    ...decidedFor(snapshot),
    isTerminating: snapshot.terminating.has(instanceId),
    nodeEnis: concerning({ ...knownOf(instanceId, snapshot), ours: mine }, snapshot.nodeEnis.items),
    invalidNodeEnis: invalidIn(snapshot.nodeEnis),
    ours: mine,
    unadopted: unadoptedFor(instanceId, snapshot).filter(
      ({ eni }) =>
        !isOurs(eni) ||
        // Another instance's by its tags, and ours by the record: for a person to say.
        (recorded.has(eni.eniId) && !mine.some(({ eniId }) => eniId === eni.eniId)),
    ),
    ...(elsewhere.size > 0 && { elsewhere }),
    deletedSlots: [],
    ...(snapshot.unresolved && { unresolved: snapshot.unresolved }),
    subnets: snapshot.subnets,
    securityGroups: snapshot.securityGroups,
  };
};
