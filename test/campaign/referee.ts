import { ASG_NAME_TAG, TAGS } from '#core/apis/v1alpha1/names.ts';
import { NAMESPACES } from '#providers/kubernetes/resources.ts';
import type { SimulatedInterface } from '#simulator/ec2/model.ts';
import type { SimulatedEc2 } from '#simulator/ec2/simulated-ec2.ts';
import type { SimulatedKubernetes } from '#simulator/kubernetes/simulated-kubernetes.ts';

interface Touch {
  readonly NetworkInterfaceId?: string;
  readonly AttachmentId?: string;
  readonly InstanceId?: string;
  readonly Resources?: readonly string[];
}

interface World {
  readonly ec2: SimulatedEc2;
  readonly kubernetes: SimulatedKubernetes;
}

const isTouched = (eni: SimulatedInterface, { NetworkInterfaceId, ...input }: Touch): boolean =>
  eni.eniId === NetworkInterfaceId ||
  (input.AttachmentId !== undefined && eni.attachment?.attachmentId === input.AttachmentId) ||
  (input.Resources ?? []).includes(eni.eniId);

/** Watches every call at the moment it arrives: whose interface, instance or hook it is about to change. */
export const createReferee = (clusterName: string) => {
  let world: World | undefined;
  const fouls: string[] = [];
  const protectedGroups = new Set<string>();

  const clusterUid = (): string | undefined =>
    world?.kubernetes.stored(NAMESPACES).find(({ metadata }) => metadata.name === 'kube-system')
      ?.metadata.uid;

  /** Of this cluster, and not of another one that has its name or had it before. */
  const isOurs = ({ tags }: SimulatedInterface): boolean =>
    tags.get(TAGS.cluster) === clusterName && tags.get(TAGS.clusterUid) === clusterUid();

  const isProtected = (instanceId = ''): boolean =>
    protectedGroups.has(world?.ec2.fleet.instance(instanceId)?.tags.get(ASG_NAME_TAG) ?? '');

  return {
    begin(stage: World): void {
      world = stage;
    },
    /** Instances of this group are somebody else's. */
    protectGroup: (name: string) => protectedGroups.add(name),
    isProtected,
    see(action: string, input: Touch): void {
      if (world === undefined || action.startsWith('Describe')) return;
      if (isProtected(input.InstanceId))
        fouls.push(`${action} on ${input.InstanceId}, an instance of another cluster`);
      if (action.startsWith('Create')) return;
      for (const eni of world.ec2.interfaces().filter((one) => isTouched(one, input))) {
        if (eni.attachment?.deviceIndex === 0) fouls.push(`${action} on the primary ${eni.eniId}`);
        else if (!isOurs(eni)) fouls.push(`${action} on ${eni.eniId}, which is not ours`);
      }
    },
    seeScaling(action: string, { InstanceId }: Touch): void {
      if (!action.startsWith('Describe') && isProtected(InstanceId))
        fouls.push(`${action} for ${InstanceId}, an instance of another cluster`);
    },
    ours: (interfaces: readonly SimulatedInterface[]) => interfaces.filter(isOurs),
    takeFouls: (): readonly string[] => fouls.splice(0),
  };
};
