import type { SimulatedWorld } from '#cli/simulation/world.ts';
import { ASG_NAME_TAG } from '#core/apis/v1alpha1/names.ts';
import type { GroupOptions } from '#simulator/autoscaling/model.ts';
import { LABELS } from './labels.ts';

/** When the kubelets of a group's instances start: once they are in service, while their hooks still wait, or never. */
type Kubelet = 'in-service' | 'while-waiting' | 'never';

const NG_TAG = 'k8s.io/cluster-autoscaler/node-template/label/ng';

/** The groups of this cluster. */
export const createScalingGroups = (
  { autoScaling, ec2 }: Pick<SimulatedWorld, 'autoScaling' | 'ec2'>,
  usual: Pick<GroupOptions, 'subnetIds' | 'instanceTags'>,
) => {
  const groups = new Map<string, { readonly options: GroupOptions; readonly kubelet: Kubelet }>();

  /** Lifecycle states of all members. */
  const states = (): readonly (readonly [string, string])[] =>
    [...groups.keys()].flatMap((name) => [...autoScaling.states(name)]);

  /** Also of an instance that has left it. */
  const groupOf = (instanceId: string) =>
    groups.get(ec2.fleet.instance(instanceId)?.tags.get(ASG_NAME_TAG) ?? '');

  return {
    names: (): readonly string[] => [...groups.keys()],
    states,
    /** Once; a second group of the name is the first one. */
    add(options: Omit<GroupOptions, 'subnetIds'>, kubelet: Kubelet = 'in-service'): void {
      if (groups.has(options.name)) return;
      const all = { ...usual, ...options };
      groups.set(options.name, { options: all, kubelet });
      autoScaling.createGroup(all);
    },
    isMember: (instanceId: string): boolean => states().some(([id]) => id === instanceId),
    /** The tags of its group tell the labels that NodeENIs select. */
    isPromised: (instanceId: string): boolean =>
      groupOf(instanceId)?.options.tags?.[NG_TAG] === LABELS.ng,
    /** The tags of its group rule out that any NodeENI selects it. */
    isRuledOut: (instanceId: string): boolean =>
      ![undefined, LABELS.ng].includes(groupOf(instanceId)?.options.tags?.[NG_TAG]),
    /** Members whose kubelets run by now. */
    started: (): readonly string[] =>
      states()
        .filter(([instanceId, state]) => {
          const kubelet = groupOf(instanceId)?.kubelet;
          if (kubelet === 'never') return false;
          return state === 'InService' || (kubelet === 'while-waiting' && state === 'Pending:Wait');
        })
        .map(([instanceId]) => instanceId),
  };
};
