import { PEER_TAGS } from '#core/apis/v1alpha1/names.ts';
import type { UnadoptedInterface } from '#core/instance/observed.ts';
import { isElsewhere, isOfAnotherCluster } from '#core/instance/ownership.ts';
import { namesFor } from './names.ts';
import type { Snapshot } from './snapshot.ts';
import { indexInterfaces } from './snapshot.ts';

/** ENIs without our tags that a record, a row or the Go controller says are this instance's. */
export const unadoptedFor = (instanceId: string, snapshot: Snapshot): UnadoptedInterface[] => {
  const records = Object.values(snapshot.states.get(instanceId)?.spec.interfaces ?? {});
  const foreign = new Set(
    records
      .filter((record) => isOfAnotherCluster(record, snapshot.cluster))
      .map(({ eniId }) => eniId),
  );
  const named = namesFor(instanceId, snapshot).flatMap(({ nodeEni, eniId }) => {
    if (foreign.has(eniId)) return [];
    const eni =
      snapshot.named.find((candidate) => candidate.eniId === eniId) ??
      indexInterfaces(snapshot.ours).byId.get(eniId);
    return eni === undefined ? [] : [{ nodeEni, eni }];
  });
  const nodeName = snapshot.nodes.get(instanceId)?.name;
  const tagged = snapshot.peers
    .filter(
      (eni) =>
        eni.attachment?.instanceId === instanceId ||
        (nodeName !== undefined && eni.tags[PEER_TAGS.node] === nodeName),
    )
    .map((eni) => ({ nodeEni: eni.tags[PEER_TAGS.nodeEni] ?? '', eni }));
  return [...named, ...tagged].filter(({ eni }) => !isElsewhere(eni, instanceId));
};
