import { FINALIZER, TAGS } from '#core/apis/v1alpha1/names.ts';
import { isAcknowledged } from '#core/host-report.ts';
import { NODES } from '#providers/kubernetes/resources.ts';
import type { SimulatedInterface } from '#simulator/ec2/model.ts';
import { type Asked, everythingAsked, isContested, isFull, isPaused, nodeEnisOf } from './asked.ts';
import { faultOf, isFor } from './compare.ts';
import type { Stage } from './stage.ts';
import { stateOf, statesOf } from './states.ts';
import { findUntruths } from './told.ts';

const nameOf = ({ nodeEni, member, subnetId }: Asked): string =>
  `${nodeEni.metadata.name} × ${member.instanceId} × ${subnetId}`;

/** A host that takes its orders by Run Command, and has not said that it did what it was told, or did it before its last boot. */
const isUnreported = (
  { nodeEni, member, subnetId }: Asked,
  { kubernetes, hosts, ssmHosts }: Stage,
): boolean => {
  const state = stateOf(member.instanceId, { kubernetes });
  const slot = `${nodeEni.metadata.name}/${subnetId}`;
  const record = state?.spec.interfaces?.[slot];
  const isDone =
    record !== undefined &&
    isAcknowledged(state?.status?.host?.[slot], record) &&
    (hosts.hasAgent(member.instanceId) || ssmHosts.isToldSinceBoot(member.instanceId));
  return nodeEni.spec.host === 'SSM' && !isDone;
};

/** What stays although no Node asks for it now: paused, promised by a group, on an instance that may start again, or kept as the spec says. */
const isKept = (eni: SimulatedInterface, stage: Stage): boolean => {
  const { kubernetes, ec2, scalingGroups, members } = stage;
  const [uid, name] = [eni.tags.get(TAGS.uid), eni.tags.get(TAGS.name)];
  const nodeEni = nodeEnisOf(stage).find(({ metadata }) =>
    // Somebody may have taken the tag off; a paused NodeENI puts nothing back.
    uid === undefined ? metadata.name === name : metadata.uid === uid,
  );
  if (nodeEni === undefined) return false;
  if (isPaused(nodeEni)) return true;
  const instanceId = eni.tags.get(TAGS.instance) ?? '';
  const state = ec2.fleet.instance(instanceId)?.state;
  if (state === undefined || state === 'terminated') return !nodeEni.spec.deleteOnTermination;
  const owner = members.find((member) => member.instanceId === instanceId);
  const hasNode = kubernetes.stored(NODES).some(({ metadata }) => metadata.name === owner?.name);
  // Its record was deleted after its Node: it may be one that has yet to register.
  const hadNode = stateOf(instanceId, { kubernetes })?.spec.nodeName !== undefined;
  const isHeld =
    scalingGroups.isPromised(instanceId) || (scalingGroups.isMember(instanceId) && !hadNode);
  return (!hasNode && isHeld) || state !== 'running';
};

/** Records of instances that ended, and hold nothing any more: each instance would leave one behind for ever. */
const staleRecords = (stage: Stage): readonly string[] => {
  const { ec2 } = stage;
  const paused = new Set(
    nodeEnisOf(stage)
      .filter(isPaused)
      .map(({ metadata }) => metadata.uid),
  );
  return statesOf(stage)
    .filter(({ metadata: { name }, spec }) => {
      const state = ec2.fleet.instance(name)?.state ?? 'terminated';
      const isHolding =
        stage.ours().some(({ tags }) => tags.get(TAGS.instance) === name) ||
        Object.values(spec.interfaces ?? {}).some(({ nodeEniUid }) => paused.has(nodeEniUid));
      return state === 'terminated' && !isHolding;
    })
    .map(({ metadata: { name } }) => `the record of ${name}, which ended, is left over`);
};

/** Launches that wait although nothing keeps them from being ready. */
const waitingFor = (stage: Stage): readonly string[] =>
  stage.scalingGroups
    .states()
    .filter(([, state]) => state.endsWith(':Wait'))
    .filter(([instanceId]) => !stage.launches.isHopeless(instanceId))
    .map(([instanceId, state]) => `${instanceId} still is in ${state}`);

/** What is still wrong when everybody had time: interfaces missing, wrong or left over, objects that do not go. */
export const findLeftovers = (stage: Stage): readonly string[] => {
  const asked = everythingAsked(stage);
  const ours = stage.ours();
  const faults = asked.flatMap((one) => {
    const fault = faultOf(one, stage);
    return fault === undefined ? [] : [{ one, fault }];
  });
  const isWrong = (one: Asked): boolean => faults.some((fault) => fault.one === one);
  /** It has no place on its instance: there is nothing for its host to do. */
  const isExcused = (one: Asked): boolean => {
    const eni = ours.find((candidate) => isFor(candidate, one));
    const isThere = eni?.attachment?.instanceId === one.member.instanceId;
    return (!isThere && isFull(one.member, stage)) || isContested(one, eni, stage);
  };
  const silent = asked.filter((one) => isUnreported(one, stage));
  const unreported = silent.filter((one) => !isWrong(one) && !isExcused(one));
  const surplus = ours.filter(
    (eni) => !asked.some((one) => isFor(eni, one)) && !isKept(eni, stage),
  );
  const stuck = nodeEnisOf(stage).filter(
    (nodeEni) =>
      nodeEni.metadata.deletionTimestamp !== undefined &&
      nodeEni.metadata.finalizers?.includes(FINALIZER) === true &&
      !isPaused(nodeEni),
  );
  return [
    ...faults.map(({ one, fault }) => `${nameOf(one)}: ${fault}`),
    ...unreported.map((one) => `the host of ${nameOf(one)} has not done it`),
    ...surplus.map(({ eniId, tags }) => `${eniId} of ${tags.get(TAGS.name)} is left over`),
    ...stuck.map(({ metadata }) => `${metadata.name} cannot go`),
    ...staleRecords(stage),
    ...waitingFor(stage),
    ...stage.networks.leftovers(stage),
    ...findUntruths(stage, silent),
  ];
};
