import type { NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import { NODE_ENIS, NODES } from '#providers/kubernetes/resources.ts';
import type { SimulatedInterface } from '#simulator/ec2/model.ts';
import { REFUSED_TEAM } from './situations/tag-policy.ts';
import type { Member, Stage } from './stage.ts';
import { subnetsFor } from './subnets.ts';

/** One interface that a NodeENI asks for, as a person would work it out. */
export interface Asked {
  readonly nodeEni: NodeEni;
  readonly member: Member;
  readonly subnetId: string;
  readonly deviceIndex: number;
}

/** An instance has eight places. */
const MOST_INTERFACES = 8;

export const isPaused = ({ spec }: NodeEni): boolean => spec.paused === true;

export const nodeEnisOf = ({ kubernetes }: Pick<Stage, 'kubernetes'>): readonly NodeEni[] =>
  kubernetes.stored(NODE_ENIS) as unknown as readonly NodeEni[];

/** What a NodeENI asks of one instance, with the indexes counted up in its zone. */
export const askedOn = (nodeEni: NodeEni, member: Member, stage: Stage): readonly Asked[] =>
  subnetsFor(nodeEni, member.zone, stage).map((subnetId, position) => ({
    nodeEni,
    member,
    subnetId,
    deviceIndex: nodeEni.spec.deviceIndex + position,
  }));

/** Everything that is asked for of instances that run and whose Nodes match. */
export const everythingAsked = (stage: Stage): readonly Asked[] => {
  const { kubernetes, ec2, members } = stage;
  const nodes = new Map(kubernetes.stored(NODES).map((node) => [node.metadata.name, node]));
  const running = members.filter(
    ({ instanceId }) => ec2.fleet.instance(instanceId)?.state === 'running',
  );
  return nodeEnisOf(stage)
    .filter((nodeEni) => nodeEni.metadata.deletionTimestamp === undefined && !isPaused(nodeEni))
    .flatMap((nodeEni) =>
      running
        .filter(
          ({ name }) => nodes.get(name)?.metadata.labels?.ng === nodeEni.spec.nodeSelector?.ng,
        )
        .flatMap((member) => askedOn(nodeEni, member, stage)),
    );
};

/** A group that is asked for lies in another VPC, or a tag policy refuses a value until it is set right. */
export const isImpossible = ({ spec }: NodeEni, { groups }: Pick<Stage, 'groups'>): boolean =>
  (spec.securityGroupIDs ?? []).includes(groups.elsewhere) || spec.tags?.team === REFUSED_TEAM;

const interfacesOn = (
  { instanceId }: Member,
  { ec2 }: Pick<Stage, 'ec2'>,
): readonly SimulatedInterface[] =>
  ec2.interfaces().filter(({ attachment }) => attachment?.instanceId === instanceId);

export const isFull = (member: Member, stage: Pick<Stage, 'ec2'>): boolean =>
  interfacesOn(member, stage).length >= MOST_INTERFACES;

/** The index that is required is taken by another interface than this one. */
export const isContested = (
  { nodeEni, member, deviceIndex }: Asked,
  eni: SimulatedInterface | undefined,
  stage: Pick<Stage, 'ec2'>,
): boolean =>
  nodeEni.spec.deviceIndexPolicy === 'Require' &&
  interfacesOn(member, stage).some(
    (other) => other.eniId !== eni?.eniId && other.attachment?.deviceIndex === deviceIndex,
  );
