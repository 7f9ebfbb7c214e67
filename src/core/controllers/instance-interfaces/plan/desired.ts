import { FINALIZER } from '#core/apis/v1alpha1/names.ts';
import type { NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import { nodeEniNameOf, type Slot, slotOf } from '#core/apis/v1alpha1/node-eni-state.ts';
import { type Selection, selects, selectsByPart } from '#core/apis/v1alpha1/selector.ts';
import type { Fault } from '#core/instance/fault.ts';
import { type Observed, PREDICTION_GRACE_SECONDS, secondsSince } from '#core/instance/observed.ts';
import type { Subnet } from '#core/ports/cloud.ts';
import { resolveSubnets, subnetReferences, vpcIdsOf } from '../observe/references.ts';
import { resolveSecurityGroups } from '../observe/security-groups.ts';
import { isLabelled, selectionOf } from '../observe/selection.ts';
import { claimNetworks, type NetworkClaim } from './networks.ts';
import { isNodeDoubtful, isNodeGivenUp, mayGetLabels, rivalry } from './node-doubts.ts';

/** One interface that is to exist on the instance. */
export interface DesiredInterface {
  readonly slot: Slot;
  readonly nodeEni: NodeEni;
  readonly subnet: Subnet;
  /** Empty when the spec names no group. */
  readonly groupIds: readonly string[];
  readonly askedIndex: number;
  /** True: commands configure the host, and no agent needs to be there. */
  readonly isByCommand: boolean;
  /** Whether it is a network for pods; absent where none is asked for. */
  readonly network?: NetworkClaim;
}

/** A slot that is asked for and cannot or need not be: with the reason a person reads. */
export interface Refusal extends Fault {
  readonly slot: Slot;
  readonly nodeEni: NodeEni;
  readonly phase: 'Skipped' | 'Pending' | 'Failed';
  /** Present when it may be otherwise soon, and nobody tells. */
  readonly requeueAfterSeconds?: number;
}

export interface DesiredInterfaces {
  readonly wanted: readonly DesiredInterface[];
  readonly refused: readonly Refusal[];
  /** NodeENIs of which nothing is taken away now: unreadable, unresolvable, or unknown whether they match. */
  readonly held: ReadonlySet<string>;
  /** NodeENIs of which a label that is not known yet decides whether they select the instance; absent: none. */
  readonly undecided?: readonly string[];
  /** NodeENIs that select the instance and get their interfaces only once the roll-up has accepted them. */
  readonly unaccepted: readonly string[];
  /** False while a label that is not known yet decides whether some NodeENI selects the instance. */
  readonly areLabelsKnown: boolean;
}

type Match = 'yes' | 'no' | 'unknown';

const hasSettled = ({ node, now }: Observed): boolean =>
  node?.readySince !== undefined &&
  secondsSince(node.readySince.toISOString(), now) >= PREDICTION_GRACE_SECONDS;

const isAccepted = ({ metadata }: NodeEni): boolean =>
  metadata.finalizers?.includes(FINALIZER) === true;

/**
 * What follows from whether a NodeENI selects the instance. `unknown` neither builds nor takes away: a Node that is not there
 * (yet, or any more) says nothing, and what the Node does not confirm is kept until the Node has settled.
 */
const matches = (nodeEni: NodeEni, selection: Selection, observed: Observed): Match => {
  if (isNodeGivenUp(observed)) return 'no';
  if (isNodeDoubtful(observed)) return 'unknown';
  if (selection === 'yes') return 'yes';
  if (!isLabelled(observed)) return 'unknown';
  const { predictedLabels = {}, scalingTrouble } = observed;
  const isPredicted =
    scalingTrouble !== undefined || selectsByPart(nodeEni.spec, predictedLabels) === 'yes';
  const mayMatch = (isPredicted && !hasSettled(observed)) || mayGetLabels(nodeEni, observed);
  return mayMatch ? 'unknown' : 'no';
};

const isRecorded = ({ state }: Observed, slot: Slot, uid: string): boolean => {
  const record = state?.spec.interfaces?.[slot];
  return record?.phase === 'Present' && record.nodeEniUid === uid;
};

/** Where the reason is reported when it is not known what the spec refers to. */
const firstSlotOf = ({ metadata, spec }: NodeEni): Slot => {
  const { ids, names } = subnetReferences(spec);
  return slotOf(metadata.name, ids[0] ?? names[0] ?? '');
};

const desiredOf = (
  nodeEni: NodeEni,
  match: Match,
  observed: Observed,
): (DesiredInterface | Refusal)[] => {
  const { instance } = observed;
  if (instance === undefined || match === 'no') return [];
  const unresolved = observed.unresolved?.get(nodeEni.metadata.name);
  if (unresolved !== undefined)
    return match === 'yes' ? [{ slot: firstSlotOf(nodeEni), nodeEni, ...unresolved }] : [];

  const isUsual = observed.runCommand?.isUsual === true;
  const isByCommand = nodeEni.spec.host === undefined ? isUsual : nodeEni.spec.host === 'SSM';
  const vpcIds = vpcIdsOf(nodeEni.spec, observed.subnets);
  let position = 0;
  const all = resolveSubnets(
    nodeEni.spec,
    observed.subnets,
    instance,
    observed.settings?.vpcIds,
  ).map((reference): DesiredInterface | Refusal => {
    const slot = slotOf(nodeEni.metadata.name, reference.text);
    if ('fault' in reference) return { slot, nodeEni, phase: 'Failed', ...reference.fault };
    if ('elsewhere' in reference)
      return { slot, nodeEni, phase: 'Skipped', ...reference.elsewhere };

    const { subnet } = reference;
    const askedIndex = nodeEni.spec.deviceIndex + position;
    position += 1;
    const own = slotOf(nodeEni.metadata.name, subnet.subnetId);
    const groups = resolveSecurityGroups(
      nodeEni.spec,
      observed.securityGroups,
      subnet.vpcId,
      vpcIds,
    );
    return 'fault' in groups
      ? { slot: own, nodeEni, phase: 'Failed', ...groups.fault }
      : { slot: own, nodeEni, subnet, groupIds: groups.groupIds, askedIndex, isByCommand };
  });
  if (match === 'yes') return all;
  return all.filter(({ slot }) => isRecorded(observed, slot, nodeEni.metadata.uid));
};

/** A NodeENI that selects one of two Nodes and has nothing yet tells why it gets nothing. */
const rivalryOver = (nodeEni: NodeEni, observed: Observed): Refusal[] => {
  const fault = rivalry(observed);
  if (!fault || !observed.rivals?.some(({ labels }) => selects(nodeEni.spec, labels))) return [];
  const { name, uid } = nodeEni.metadata;
  const isThere = Object.entries(observed.state?.spec.interfaces ?? {}).some(
    ([slot, record]) => nodeEniNameOf(slot) === name && record.nodeEniUid === uid,
  );
  return isThere ? [] : [{ slot: firstSlotOf(nodeEni), nodeEni, phase: 'Failed', ...fault }];
};

const withNetworks = (
  wanted: readonly DesiredInterface[],
  observed: Observed,
): DesiredInterface[] => {
  const claims = claimNetworks(wanted, observed);
  return wanted.map((desired) => {
    const network = claims.get(desired.slot);
    return network === undefined ? desired : { ...desired, network };
  });
};

/** What the NodeENIs ask of this instance, and what of it is refused before any call is made. */
export const desiredInterfacesFor = (observed: Observed): DesiredInterfaces => {
  const claims = observed.nodeEnis
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map((nodeEni) => {
      const { name } = nodeEni.metadata;
      const selection = selectionOf(nodeEni.spec, observed);
      const selected = matches(nodeEni, selection, observed);
      // Without the finalizer a deletion would not wait for us; the roll-up adds it and asks for this reconcile again.
      const match = isAccepted(nodeEni) ? selected : 'unknown';
      const isUnaccepted = match !== selected && selected === 'yes' && !nodeEni.spec.paused;
      const isOpen = selection === 'unknown' || isNodeDoubtful(observed);
      return {
        name,
        match,
        isUnaccepted,
        isOpen: isOpen && nodeEni.spec.paused !== true,
        all: [...desiredOf(nodeEni, match, observed), ...rivalryOver(nodeEni, observed)],
      };
    });
  const all = claims.flatMap((claim) => claim.all);
  const refused = all.filter((desired): desired is Refusal => 'phase' in desired);
  const undecided = claims.filter(({ isOpen }) => isOpen).map(({ name }) => name);
  return {
    wanted: withNetworks(
      all.filter((desired): desired is DesiredInterface => 'subnet' in desired),
      observed,
    ),
    refused,
    held: new Set([
      ...observed.invalidNodeEnis.map(({ name }) => name),
      ...claims.filter(({ match }) => match === 'unknown').map(({ name }) => name),
      ...refused
        .filter(({ phase }) => phase === 'Failed')
        .map(({ nodeEni }) => nodeEni.metadata.name),
      ...(observed.unresolved?.keys() ?? []),
    ]),
    unaccepted: claims.filter(({ isUnaccepted }) => isUnaccepted).map(({ name }) => name),
    ...(undecided.length > 0 && { undecided }),
    areLabelsKnown: undecided.length === 0,
  };
};
