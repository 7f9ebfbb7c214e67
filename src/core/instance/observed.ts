import type { NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import type { HostStatus, NodeEniState, Slot } from '#core/apis/v1alpha1/node-eni-state.ts';
import type {
  Instance,
  InstanceTypeLimits,
  NetworkInterface,
  NetworkInterfaceAttachment,
  SecurityGroup,
  Subnet,
} from '#core/ports/cloud.ts';
import type { ClusterNode, InvalidNodeEni } from '#core/ports/cluster.ts';
import type { Unresolved } from './fault.ts';
import type { Answer } from './host-command.ts';
import { isRunning } from './host-command.ts';
import type { InstallationSettings } from './installation-settings.ts';
import type { Purpose } from './interface-action.ts';
import type { OurInterface } from './ownership.ts';
import type { Setback } from './setback.ts';

type Setbacks = Readonly<Partial<Record<Purpose, Setback>>>;

/** An interface without our tags that a record, a status row or the Go controller's tags say belongs to a slot. */
export interface UnadoptedInterface {
  readonly nodeEni: string;
  readonly eni: NetworkInterface;
}

/** Everything a plan is computed from, read at one moment. Plain data. */
export interface Observed {
  readonly now: Date;
  readonly cluster: { readonly name: string; readonly uid: string };
  readonly instanceId: string;
  /** Absent when EC2 does not know the instance. */
  readonly instance?: Instance;
  readonly limits?: InstanceTypeLimits;
  readonly node?: ClusterNode;
  /** Nodes that claim the instance, where nothing tells which of them is its own: `node` is absent then. */
  readonly rivals?: readonly ClusterNode[];
  /** Set when a Node may be there that was not found. */
  readonly isNodeUnsure?: true;
  /** Labels the group or the hook promises; absent when nothing promises any. */
  readonly predictedLabels?: Readonly<Record<string, string>>;
  /** What Auto Scaling did not tell, in words: its labels may be promised, and a hook may wait, without anybody knowing. */
  readonly scalingTrouble?: string;
  /** Auto Scaling is about to end the instance: nothing new is built on it. */
  readonly isTerminating: boolean;
  readonly nodeEnis: readonly NodeEni[];
  /** NodeENIs stored before a rule existed that they break; their interfaces stay as they are. */
  readonly invalidNodeEnis: readonly (Pick<InvalidNodeEni, 'name' | 'selecting'> &
    Partial<Pick<InvalidNodeEni, 'metadata'>>)[];
  readonly state?: NodeEniState;
  /** Interfaces with our cluster's tags that are this instance's. */
  readonly ours: readonly OurInterface[];
  readonly unadopted: readonly UnadoptedInterface[];
  /** The instances to which somebody attached what was made for this one, by ENI. Absent: none. */
  readonly elsewhere?: ReadonlyMap<string, string>;
  /** Slots whose ENI this very reconcile deleted: they need no wait for EC2's describes. */
  readonly deletedSlots: readonly Slot[];
  /** Calls that this very reconcile made: none is made twice before EC2 was asked again. */
  readonly made?: ReadonlySet<string>;
  /** What this very reconcile met, by slot and kind of call. */
  readonly setbacks?: Readonly<Record<Slot, Setbacks>>;
  readonly subnets: readonly Subnet[];
  readonly securityGroups: readonly SecurityGroup[];
  /** NodeENIs whose subnets and groups could not be looked up, by name: nothing is concluded of them. Absent: none. */
  readonly unresolved?: ReadonlyMap<string, Unresolved>;
  /** Absent: nothing was decided. */
  readonly settings?: InstallationSettings;
  /** Present when commands may be sent to hosts; `isUsual`: to those, too, whose NodeENI does not say who serves them. */
  readonly runCommand?: { readonly isUsual: boolean };
  /** What a host answered to the last command, already part of `state` and not stored yet. */
  readonly answer?: Answer;
  /** Rows that an agent wrote before the instance was started again, already void in `state` and not in the object yet. */
  readonly voided?: Readonly<Record<Slot, HostStatus>>;
  /** Rows of a host that has started again since, already left out of `state` and not dropped yet. */
  readonly forgotten: readonly Slot[];
}

/** How long a new ENI may be invisible to describes before it counts as gone ("Eventual consistency", EC2 API Reference). */
export const VISIBILITY_SECONDS = 120;

/** How long the agent may take to let go of a link before it is detached anyway. */
export const RELEASE_TIMEOUT_SECONDS = 60;

/** How long an attachment that EC2 has accepted may stay unseen before it is asked for again. */
export const ATTACH_UNSEEN_SECONDS = 600;

/** True for an attachment that takes so long that it needs a person; EC2 says when it began (`attachTime`, "NetworkInterfaceAttachment"). */
export const isAttachStuck = (
  attachment: NetworkInterfaceAttachment | undefined,
  now: Date,
): boolean =>
  attachment?.status === 'attaching' &&
  attachment.attachedAt !== undefined &&
  now.getTime() - attachment.attachedAt.getTime() >= DETACH_STUCK_SECONDS * 1000;

/** A detachment that takes longer needs a person ("DetachNetworkInterface", `Force`: a last resort). */
export const DETACH_STUCK_SECONDS = 600;

/** How long a slot built on a predicted label outlives a Node that does not carry it. */
export const PREDICTION_GRACE_SECONDS = 600;

/** How long interfaces outlive a Node that is gone while its instance runs, and one that has registered without its labels yet. */
export const NODE_GRACE_SECONDS = 600;

/** Least age of the mark of an unowned ENI before it is deleted. */
export const ORPHAN_CONFIRM_SECONDS = 60;

export const secondsSince = (iso: string | undefined, now: Date): number =>
  iso === undefined ? Number.POSITIVE_INFINITY : (now.getTime() - Date.parse(iso)) / 1000;

/** Terminated, or unknown to EC2 in two reconciles that lie far enough apart to rule out a stale describe. */
export const isGone = ({ instance, state, now }: Observed): boolean =>
  instance === undefined
    ? state === undefined || secondsSince(state.spec.missingSince ?? now.toISOString(), now) >= 60
    : instance.state === 'terminated';

/** True when somebody on this instance has ever reported, or is at work right now; only then is its release waited for. */
export const hasAgent = ({ state }: Observed): boolean =>
  Object.keys(state?.status?.host ?? {}).length > 0 || isRunning(state?.spec.hostCommand);
