import type { NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import type { Slot } from '#core/apis/v1alpha1/node-eni-state.ts';
import { isNetworkName } from '#core/apis/v1alpha1/pod-network.ts';
import type { Fault } from '#core/instance/fault.ts';
import type { Observed } from '#core/instance/observed.ts';
import { mayOffer } from '#core/instance/pod-network.ts';

/** That a slot is a network for pods on its node, or why it is not; told: why, where nothing is wrong with it. */
export type NetworkClaim =
  | { readonly name: string }
  | { readonly fault: Fault }
  | { readonly told: string };

/** The part of a desired interface that its network depends on. */
interface Claimant {
  readonly slot: Slot;
  readonly nodeEni: NodeEni;
  readonly isByCommand: boolean;
}

interface Asking extends Claimant {
  readonly name: string;
}

/** Name of the network that a NodeENI asks for; undefined where it asks for none. */
const networkNameOf = ({ metadata, spec }: NodeEni): string | undefined =>
  spec.podNetwork && (spec.podNetwork.name ?? metadata.name);

const unusableName = (name: string): Fault => ({
  reason: 'NetworkNameInvalid',
  message: `Pods cannot ask for a network of the name ${name}: Multus takes lower case letters, digits and "-", at most 63. Write another one in podNetwork.name.`,
});

const NEEDS_AGENT: Fault = {
  reason: 'NetworkNeedsAgent',
  message:
    'The host is configured by commands, and a network for pods needs the agent on it. Write host: Agent, and install it.',
};

const inUse = (reason: string, what: string, holder: Slot): NetworkClaim => ({
  fault: {
    reason,
    message: `${what} is on this node that of ${holder}. Write another one in podNetwork.`,
  },
});

const isTaken = (resourceName: string, { node, state }: Observed): boolean =>
  node !== undefined && !mayOffer(resourceName, state, node);

const taken = (resourceName: string): Fault => ({
  reason: 'ResourceTaken',
  message: `The node has ${resourceName} from somebody else, a device plugin perhaps, and it is left alone. Write another podNetwork.resourceName.`,
});

/** True for a slot that is the network of this name already: a NodeENI that comes later does not take it away. */
const holds = ({ slot }: Claimant, name: string, { state }: Observed): boolean =>
  state?.spec.interfaces?.[slot]?.podNetwork?.name === name;

/**
 * Which of the interfaces of an instance are networks for pods. On a node a network has one link, and one resource stands for one
 * network: what two ask for is his who has it, then the first one's.
 */
export const claimNetworks = (
  claimants: readonly Claimant[],
  observed: Observed,
): ReadonlyMap<Slot, NetworkClaim> => {
  const asking = claimants.flatMap((claimant): Asking[] => {
    const name = networkNameOf(claimant.nodeEni);
    return name === undefined ? [] : [{ ...claimant, name }];
  });
  const inOrder = [
    ...asking.filter((one) => holds(one, one.name, observed)),
    ...asking.filter((one) => !holds(one, one.name, observed)),
  ];
  const names = new Map<string, Claimant>();
  const resources = new Map<string, Slot>();
  const obstacleOf = ({ name, nodeEni, isByCommand }: Asking): NetworkClaim | undefined => {
    if (!isNetworkName(name)) return { fault: unusableName(name) };
    if (isByCommand) return { fault: NEEDS_AGENT };
    const holder = names.get(name);
    if (holder?.nodeEni === nodeEni)
      return { told: `The network ${name} has the interface of ${holder.slot} on this node.` };
    return holder && inUse('NetworkNameInUse', `The network ${name}`, holder.slot);
  };
  const claimOf = (resourceName: string): NetworkClaim | undefined => {
    const other = resources.get(resourceName);
    if (other) return inUse('ResourceNameInUse', `The resource ${resourceName}`, other);
    return isTaken(resourceName, observed) ? { fault: taken(resourceName) } : undefined;
  };
  const judge = (one: Asking): NetworkClaim => {
    const { name, slot, nodeEni } = one;
    const { resourceName } = nodeEni.spec.podNetwork ?? {};
    const obstacle =
      obstacleOf(one) ?? (resourceName === undefined ? undefined : claimOf(resourceName));
    if (obstacle) return obstacle;
    names.set(name, one);
    if (resourceName !== undefined) resources.set(resourceName, slot);
    return { name };
  };
  return new Map(inOrder.map((one) => [one.slot, judge(one)]));
};
