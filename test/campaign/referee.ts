import { ASG_NAME_TAG, TAGS } from '#core/apis/v1alpha1/names.ts';
import type { Clock } from '#core/ports/clock.ts';
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

/** A reconcile of the functions takes no longer. */
const UNDER_WAY_SECONDS = 60;

interface World {
  readonly clock: Clock;
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
  let former: { readonly uid: string | undefined; readonly untilMs: number } | undefined;

  const clusterUid = (): string | undefined =>
    world?.kubernetes.stored(NAMESPACES).find(({ metadata }) => metadata.name === 'kube-system')
      ?.metadata.uid;

  /** Made for the cluster that was here a moment ago, by whoever had begun then. */
  const isLate = ({ tags }: SimulatedInterface): boolean =>
    former !== undefined &&
    tags.get(TAGS.clusterUid) === former.uid &&
    (world?.clock.now().getTime() ?? 0) < former.untilMs;

  /** Of this cluster, and not of another one that has its name or had it before. */
  const isOurs = ({ tags }: SimulatedInterface, uid = clusterUid()): boolean =>
    tags.get(TAGS.cluster) === clusterName && tags.get(TAGS.clusterUid) === uid;

  const isProtected = (instanceId = ''): boolean =>
    protectedGroups.has(world?.ec2.fleet.instance(instanceId)?.tags.get(ASG_NAME_TAG) ?? '');

  const foulOn = (eni: SimulatedInterface, action: string): readonly string[] => {
    if (eni.attachment?.deviceIndex === 0) return [`${action} on the primary ${eni.eniId}`];
    return isOurs(eni) || isLate(eni) ? [] : [`${action} on ${eni.eniId}, which is not ours`];
  };

  return {
    begin(stage: World): void {
      world = stage;
    },
    /** The cluster is about to be made anew: calls that were under way may still come. */
    expectNewCluster(): void {
      const untilMs = (world?.clock.now().getTime() ?? 0) + UNDER_WAY_SECONDS * 1000;
      former = { uid: clusterUid(), untilMs };
    },
    /** Instances of this group are somebody else's. */
    protectGroup: (name: string) => protectedGroups.add(name),
    isProtected,
    see(action: string, input: Touch): void {
      if (world === undefined || action.startsWith('Describe')) return;
      if (isProtected(input.InstanceId))
        fouls.push(`${action} on ${input.InstanceId}, an instance of another cluster`);
      if (action.startsWith('Create')) return;
      const touched = world.ec2.interfaces().filter((one) => isTouched(one, input));
      fouls.push(...touched.flatMap((eni) => foulOn(eni, action)));
    },
    seeScaling(action: string, { InstanceId }: Touch): void {
      if (!action.startsWith('Describe') && isProtected(InstanceId))
        fouls.push(`${action} for ${InstanceId}, an instance of another cluster`);
    },
    ours(interfaces: readonly SimulatedInterface[]): readonly SimulatedInterface[] {
      const uid = clusterUid();
      return interfaces.filter((eni) => isOurs(eni, uid));
    },
    takeFouls: (): readonly string[] => fouls.splice(0),
  };
};
