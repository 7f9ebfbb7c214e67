import type { NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import { NODES } from '#providers/kubernetes/resources.ts';
import { type Asked, everythingAsked, isPaused, nodeEnisOf } from './asked.ts';
import { isFor, isRight } from './compare.ts';
import type { Stage } from './stage.ts';
import { subnetsFor } from './subnets.ts';

const nameOf = ({ member, subnetId }: Asked): string => `${member.instanceId} × ${subnetId}`;

/** Every matching Node has its instance, which runs, and a subnet in its zone: nothing but interfaces is told of. */
const isPlain = (nodeEni: NodeEni, stage: Stage): boolean => {
  const { kubernetes, members, ec2, scalingGroups } = stage;
  const matching = kubernetes
    .stored(NODES)
    .filter(({ metadata }) => metadata.labels?.ng === nodeEni.spec.nodeSelector?.ng)
    .map(({ metadata }) => members.findLast(({ name }) => name === metadata.name));
  const isLaunching = scalingGroups.states().some(([, state]) => state !== 'InService');
  const isEvery = matching.every(
    (member) =>
      member !== undefined &&
      ec2.fleet.instance(member.instanceId)?.state === 'running' &&
      subnetsFor(nodeEni, member.zone, stage).length > 0,
  );
  const names = new Set(kubernetes.stored(NODES).map(({ metadata }) => metadata.name));
  const isAnyMissing = members.some((member) => stage.isAlive(member) && !names.has(member.name));
  return isEvery && !isLaunching && !isAnyMissing;
};

/** The first interface of these that has no row in the status which names it, its attachment and its index, as scripts read them. */
const withoutRow = ({ status }: NodeEni, own: readonly Asked[], stage: Stage) =>
  own
    .flatMap((one) => stage.ours().find((eni) => isFor(eni, one)) ?? [])
    .find(
      ({ eniId, attachment }) =>
        !status?.attachments?.some(
          (row) =>
            row.eniID === eniId &&
            row.attachmentID === attachment?.attachmentId &&
            row.deviceIndex === attachment?.deviceIndex,
        ),
    );

/** Rows that wait for a detachment at the end, when everything that left has left. */
const waitingInVain = ({ metadata, status }: NodeEni, { ec2 }: Stage): readonly string[] =>
  (status?.attachments ?? [])
    .filter(({ reason }) => reason === 'Detaching')
    .filter(
      ({ instanceID }) =>
        !ec2
          .interfaces()
          .some(
            ({ attachment }) =>
              attachment?.instanceId === instanceID && attachment?.status === 'detaching',
          ),
    )
    .map(({ eniID }) => `${metadata.name} waits for a detachment before it attaches ${eniID}`);

/** What NodeENIs say of themselves at the end, and is not so. */
export const findUntruths = (stage: Stage, unreported: readonly Asked[]): readonly string[] => {
  const asked = everythingAsked(stage);
  const living = nodeEnisOf(stage).filter(
    (nodeEni) => nodeEni.metadata.deletionTimestamp === undefined && !isPaused(nodeEni),
  );
  const inVain = living.flatMap((nodeEni) => waitingInVain(nodeEni, stage));
  const untrue = living.flatMap((nodeEni) => {
    const { name, uid } = nodeEni.metadata;
    const ready = nodeEni.status?.conditions?.find(({ type }) => type === 'Ready');
    const own = asked.filter((one) => one.nodeEni.metadata.uid === uid);
    const [lacking] = own.filter(
      (one) =>
        !isRight(
          stage.ours().find((eni) => isFor(eni, one)),
          one,
          stage,
        ),
    );
    if (ready?.status === 'True') {
      const hidden = withoutRow(nodeEni, own, stage);
      return [
        ...(lacking ? [`${name} says that it is ready, without ${nameOf(lacking)}`] : []),
        ...(hidden ? [`${name} says that it is ready, and has no row of ${hidden.eniId}`] : []),
      ];
    }
    const isComplete = lacking === undefined && own.length > 0 && isPlain(nodeEni, stage);
    // Somebody who was told to serve the host is waited for, and not everybody is there.
    const isWaiting =
      ['WaitingForHost', 'HostRestarted'].includes(ready?.reason ?? '') ||
      unreported.some((one) => one.nodeEni.metadata.uid === uid);
    return isComplete && !isWaiting
      ? [`${name} has everything and says ${ready?.reason}: ${ready?.message}`]
      : [];
  });
  return [...inVain, ...untrue];
};
