import { FINALIZER, TAGS } from '#core/apis/v1alpha1/names.ts';
import type { NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import type { NodeEniState } from '#core/apis/v1alpha1/node-eni-state.ts';
import { isAcknowledged } from '#core/host-report.ts';
import { NODE_ENI_STATES, NODE_ENIS, NODES } from '#providers/kubernetes/resources.ts';
import type { SimulatedInterface } from '#simulator/ec2/model.ts';
import { GROUP, type Member, type Stage } from './stage.ts';
import { subnetsFor } from './subnets.ts';

const isRight = (eni: SimulatedInterface | undefined, nodeEni: NodeEni, member: Member): boolean =>
  eni?.attachment?.instanceId === member.instanceId &&
  eni.attachment.status === 'attached' &&
  eni.attachment.deleteOnTermination === nodeEni.spec.deleteOnTermination &&
  eni.groupIds.join() === (nodeEni.spec.securityGroupIDs ?? []).join();

interface Slot {
  readonly nodeEni: NodeEni;
  readonly member: Member;
  readonly subnetId: string;
}

const isOf = (eni: SimulatedInterface, { nodeEni, member, subnetId }: Slot): boolean =>
  eni.tags.get(TAGS.uid) === nodeEni.metadata.uid &&
  eni.tags.get(TAGS.instance) === member.instanceId &&
  eni.subnetId === subnetId;

const nameOf = ({ nodeEni, member, subnetId }: Slot): string =>
  `${nodeEni.metadata.name} × ${member.instanceId} × ${subnetId}`;

/** A required index may be taken by somebody else for good, and an instance has eight places. */
const isExcused = ({ nodeEni, member }: Slot, stage: Stage): boolean => {
  const on = stage.ec2
    .interfaces()
    .filter(({ attachment }) => attachment?.instanceId === member.instanceId);
  return nodeEni.spec.deviceIndexPolicy === 'Require' || on.length >= 8;
};

/** A host that takes its orders by Run Command, and has not said that it did what it was told, or did it before its last boot. */
const isUntold = (
  { nodeEni, member, subnetId }: Slot,
  { kubernetes, hosts, ssmHosts }: Stage,
): boolean => {
  const states = kubernetes.stored(NODE_ENI_STATES) as unknown as readonly NodeEniState[];
  const state = states.find(({ metadata }) => metadata.name === member.instanceId);
  const slot = `${nodeEni.metadata.name}/${subnetId}`;
  const record = state?.spec.interfaces?.[slot];
  const isDone =
    record !== undefined &&
    isAcknowledged(state?.status?.host?.[slot], record) &&
    (hosts.hasAgent(member.instanceId) || ssmHosts.isToldSinceBoot(member.instanceId));
  return nodeEni.spec.host === 'SSM' && !isDone;
};

/** What is still wrong when everybody had time: interfaces missing, wrong or left over, objects that do not go. */
export const findLeftovers = (stage: Stage): readonly string[] => {
  const { kubernetes, ec2, autoScaling, members } = stage;
  const nodeEnis = kubernetes.stored(NODE_ENIS) as unknown as readonly NodeEni[];
  const nodes = new Map(kubernetes.stored(NODES).map((node) => [node.metadata.name, node]));
  const running = members.filter(
    ({ instanceId }) => ec2.fleet.instance(instanceId)?.state === 'running',
  );
  const isPaused = ({ spec }: NodeEni): boolean => spec.paused === true;
  const matching = (nodeEni: NodeEni): readonly Member[] =>
    running.filter(
      ({ name }) => nodes.get(name)?.metadata.labels?.ng === nodeEni.spec.nodeSelector?.ng,
    );
  const slots = nodeEnis
    .filter((nodeEni) => nodeEni.metadata.deletionTimestamp === undefined && !isPaused(nodeEni))
    .flatMap((nodeEni) =>
      matching(nodeEni).flatMap((member) =>
        subnetsFor(nodeEni, member.zone, stage).map((subnetId) => ({ nodeEni, member, subnetId })),
      ),
    );
  const ours = stage.ours();
  const wrong = slots.filter((slot) => {
    const eni = ours.find((one) => isOf(one, slot));
    return !isRight(eni, slot.nodeEni, slot.member) && !isExcused(slot, stage);
  });
  const untold = slots.filter(
    (slot) => !wrong.includes(slot) && isUntold(slot, stage) && !isExcused(slot, stage),
  );
  const isKept = (eni: SimulatedInterface): boolean => {
    const nodeEni = nodeEnis.find(({ metadata }) => metadata.uid === eni.tags.get(TAGS.uid));
    if (nodeEni === undefined) return false;
    const owner = members.find(({ instanceId }) => instanceId === eni.tags.get(TAGS.instance));
    const state = ec2.fleet.instance(owner?.instanceId ?? '')?.state;
    // Retained on purpose, stopped, or on an instance whose Node object is not there to say.
    const isWithoutNode = owner !== undefined && !nodes.has(owner.name);
    return isPaused(nodeEni) || isWithoutNode || state !== 'running';
  };
  const surplus = ours.filter((eni) => !slots.some((slot) => isOf(eni, slot)) && !isKept(eni));
  const stuck = nodeEnis.filter(
    ({ metadata, ...nodeEni }) =>
      metadata.deletionTimestamp !== undefined &&
      metadata.finalizers?.includes(FINALIZER) === true &&
      !isPaused({ metadata, ...nodeEni }),
  );
  // Two that require one index leave an instance waiting until the deadline of its hook, and rightly so.
  const isAnyRequired = nodeEnis.some(({ spec }) => spec.deviceIndexPolicy === 'Require');
  const waiting = [...autoScaling.states(GROUP)].filter(
    ([, state]) => state.endsWith(':Wait') && !isAnyRequired,
  );
  return [
    ...wrong.map((slot) => `${nameOf(slot)} has no right interface`),
    ...untold.map((slot) => `the host of ${nameOf(slot)} has not done it`),
    ...surplus.map(({ eniId, tags }) => `${eniId} of ${tags.get(TAGS.name)} is left over`),
    ...stuck.map(({ metadata }) => `${metadata.name} cannot go`),
    ...waiting.map(([instanceId, state]) => `${instanceId} still is in ${state}`),
  ];
};
