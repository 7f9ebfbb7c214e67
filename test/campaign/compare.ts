import { NO_MANAGE_TAG, TAGS } from '#core/apis/v1alpha1/names.ts';
import type { SimulatedInterface } from '#simulator/ec2/model.ts';
import { type Asked, isContested, isFull, isImpossible } from './asked.ts';
import type { Stage } from './stage.ts';

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
  ].filter((difference) => difference !== false);
};

/** There and as the spec says, whatever may excuse it if not. */
export const isRight = (eni: SimulatedInterface | undefined, asked: Asked, stage: Stage): boolean =>
  eni?.attachment?.instanceId === asked.member.instanceId &&
  differences(eni, asked, stage).length === 0;

/** What is wrong with an interface that is asked for; nothing when it is as the spec says, or cannot be. */
export const faultOf = (asked: Asked, stage: Stage): string | undefined => {
  const { member } = asked;
  const eni = stage
    .ours()
    .find((one) => isFor(one, asked) && one.attachment?.instanceId === member.instanceId);
  if (isImpossible(asked.nodeEni, stage) || isContested(asked, eni, stage)) return undefined;
  if (eni === undefined) return isFull(member, stage) ? undefined : 'is missing';
  const found = differences(eni, asked, stage);
  return found.length > 0 ? `${eni.eniId} ${found.join(', ')}` : undefined;
};
