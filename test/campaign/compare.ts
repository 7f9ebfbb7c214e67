import { NO_MANAGE_TAG, TAGS } from '#core/apis/v1alpha1/names.ts';
import type { SimulatedInterface } from '#simulator/ec2/model.ts';
import { type Asked, isContested, isFull, isImpossible } from './asked.ts';
import type { Stage } from './stage.ts';
import { stateOf } from './states.ts';

export const isFor = (
  eni: SimulatedInterface,
  { nodeEni, member, subnetId }: Omit<Asked, 'deviceIndex'>,
): boolean =>
  eni.tags.get(TAGS.uid) === nodeEni.metadata.uid &&
  eni.tags.get(TAGS.instance) === member.instanceId &&
  eni.subnetId === subnetId;

/** A tag that went out of the spec stays where somebody has deleted the record that remembers it. */
const hasRightTag = (
  { tags }: SimulatedInterface,
  { nodeEni, member }: Asked,
  { forgottenMs }: Stage,
): boolean => {
  const wanted = nodeEni.spec.tags?.team;
  const isForgotten = wanted === undefined && forgottenMs.has(member.instanceId);
  return isForgotten || tags.get('team') === wanted;
};

/** Groups that are asked for, by id or by name. */
const groupsOf = ({ nodeEni: { spec } }: Asked, { namedGroups }: Stage): readonly string[] =>
  [
    ...(spec.securityGroupIDs ?? []),
    ...(spec.securityGroupNames ?? []).map((name) => namedGroups.get(name) ?? name),
  ].toSorted();

/** A spec that says nothing of a description has one that names NodeENI and instance. */
const hasRightDescription = (
  { description }: SimulatedInterface,
  { nodeEni: { metadata, spec }, member }: Asked,
): boolean =>
  spec.description === undefined
    ? [metadata.name, member.instanceId].every((name) => description.includes(name))
    : description === spec.description;

/** The tags by which the sweep, the roll-up and people find it. */
const isFoundByTags = (
  { tags }: SimulatedInterface,
  { nodeEni, subnetId }: Pick<Asked, 'nodeEni' | 'subnetId'>,
): boolean => tags.get(TAGS.name) === nodeEni.metadata.name && tags.get(TAGS.subnet) === subnetId;

/** What the agent of its host is told of it differs from the spec or from EC2. */
const isRecorded = (eni: SimulatedInterface, asked: Asked, stage: Stage): boolean => {
  const { nodeEni, member, subnetId } = asked;
  const state = stateOf(member.instanceId, stage);
  const record = state?.spec.interfaces?.[`${nodeEni.metadata.name}/${subnetId}`];
  return (
    record?.eniId === eni.eniId &&
    record.deviceIndex === eni.attachment?.deviceIndex &&
    (record.mtu ?? 0) === (nodeEni.spec.mtu ?? 0) &&
    state?.spec.nodeName === member.name
  );
};

/** The differences between an interface and what the spec says of it, in words. */
const differences = (eni: SimulatedInterface, asked: Asked, stage: Stage) => {
  const { nodeEni, deviceIndex } = asked;
  const { spec } = nodeEni;
  const { attachment } = eni;
  const isRequired = spec.deviceIndexPolicy === 'Require';
  return [
    attachment?.status !== 'attached' && `is ${attachment?.status ?? 'not attached'}`,
    attachment?.deleteOnTermination !== spec.deleteOnTermination && 'has the wrong flag',
    eni.groupIds.toSorted().join() !== groupsOf(asked, stage).join() && 'has the wrong groups',
    isRequired && attachment?.deviceIndex !== deviceIndex && `is not at index ${deviceIndex}`,
    !hasRightTag(eni, asked, stage) && 'has the wrong tag of the user',
    eni.tags.get(NO_MANAGE_TAG) !== 'true' && 'is left to the CNI',
    !isFoundByTags(eni, asked) && 'lacks a tag that tells what it is for',
    eni.tags.has(TAGS.orphanSince) && 'is marked as an orphan',
    !hasRightDescription(eni, asked) && `is described as "${eni.description}"`,
    eni.secondaryPrivateIpAddresses.length < (spec.secondaryPrivateIPAddressCount ?? 0) &&
      'has too few addresses',
    eni.sourceDestCheck !== (spec.sourceDestCheck ?? eni.sourceDestCheck) &&
      'has the wrong source/destination check',
    !isRecorded(eni, asked, stage) && 'is not what its host is told',
  ].filter((difference) => difference !== false);
};

/** There and as the spec says, whatever may excuse it if not. */
export const isRight = (eni: SimulatedInterface | undefined, asked: Asked, stage: Stage): boolean =>
  eni?.attachment?.instanceId === asked.member.instanceId &&
  differences(eni, asked, stage).length === 0;

/** What a required index that somebody else holds excuses, and no more: the groups, tags and flag of the ENI are right even so. */
const WAITS_FOR_INDEX =
  /^is (detached|not attached|attaching|detaching|not at index \d+|not what its host is told)$/;

/** What is wrong with an interface that is asked for; nothing when it is as the spec says, or cannot be. */
export const faultOf = (asked: Asked, stage: Stage): string | undefined => {
  const { member } = asked;
  const eni = stage
    .ours()
    .find((one) => isFor(one, asked) && one.attachment?.instanceId === member.instanceId);
  if (isImpossible(asked.nodeEni, stage)) return undefined;
  const isWaiting = isContested(asked, eni, stage);
  if (eni === undefined) return isWaiting || isFull(member, stage) ? undefined : 'is missing';
  const found = differences(eni, asked, stage).filter(
    (difference) => !isWaiting || !WAITS_FOR_INDEX.test(difference),
  );
  return found.length > 0 ? `${eni.eniId} ${found.join(', ')}` : undefined;
};
