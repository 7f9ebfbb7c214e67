import type { HostCommand } from '#core/apis/v1alpha1/host-command-record.ts';
import type {
  NodeEni,
  NodeEniSpec,
  NodeEniStatus,
  ObjectMeta,
} from '#core/apis/v1alpha1/node-eni.ts';
import type {
  HostStatus,
  NodeEniState,
  Slot,
  SlotSpec,
  SlotStatus,
  StateSummary,
} from '#core/apis/v1alpha1/node-eni-state.ts';
import type { Explanation } from '#core/explanation.ts';
import type { Page } from './page.ts';

/** The part of a Node that this product reads. */
export interface ClusterNode {
  readonly name: string;
  readonly uid: string;
  readonly instanceId?: string;
  /** As it stands in the Node; absent until the cloud provider has told it. */
  readonly providerId?: string;
  readonly createdAt?: Date;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly {
    readonly key: string;
    readonly value?: string;
    readonly effect: string;
  }[];
  /** When the Ready condition last became True; absent while it is not. */
  readonly readySince?: Date;
  /** Another one after each boot; absent until the kubelet has told it. */
  readonly bootId?: string;
  /** What the node has of extended resources, by name: `{ "example.com/lan": "16" }`. Absent: nothing. */
  readonly extendedResources?: Readonly<Record<string, string>>;
  /** How many pods the kubelet lets in; absent until it has told it. */
  readonly mostPods?: number;
}

/** Name of an extended resource → how many the node has, or null to take it off. */
export type ResourceChanges = Readonly<Record<string, number | null>>;

/** Key → its new value, or null to take the label off. */
export type LabelChanges = Readonly<Record<string, string | null>>;

export interface NodeStore {
  /** The first of the candidate names whose Node is this instance's, by its providerID. */
  findByInstance(
    instanceId: string,
    candidateNames: readonly string[],
  ): Promise<ClusterNode | undefined>;
  /** All nodes, paged; optionally only those a Kubernetes label selector string matches. */
  list(labelSelector?: string): Promise<readonly ClusterNode[]>;
  /** A part of all nodes, and `next`: what to give for the part after it. How long ago that was said does not matter. */
  page(next?: string): Promise<Page<ClusterNode>>;
  /** Undefined when the API server does not say. */
  count(): Promise<number | undefined>;
  /** JSON patch with `test`: a changed taint list is left alone and reported by `ConflictError`. */
  removeTaint(node: ClusterNode, taintKey: string): Promise<void>;
  /** Leaves every other label as it is. */
  patchLabels(node: ClusterNode, changes: LabelChanges): Promise<void>;
  /** Sets what the node has, and offers, of extended resources; leaves every other one as it is. */
  patchResources(node: ClusterNode, changes: ResourceChanges): Promise<void>;
}

export interface NodeEniStore {
  /** Every NodeENI, defaults applied; objects that no longer fit the schema are in `invalid`. */
  list(): Promise<NodeEniList>;
  get(name: string): Promise<NodeEni | undefined>;
  addFinalizer(nodeEni: NodeEni): Promise<void>;
  /** With resourceVersion: refused when the object changed since it was read. */
  removeFinalizer(nodeEni: NodeEni): Promise<void>;
  /** Merge patch of `status`; fields that are undefined stay. */
  patchStatus(name: string, status: NodeEniStatus): Promise<void>;
}

/** A stored object that no longer fits the schema: its interfaces stay as they are, and it can be deleted. */
export interface InvalidNodeEni {
  readonly name: string;
  readonly metadata: ObjectMeta;
  readonly status?: NodeEniStatus;
  /** What it selects by, where that much of its spec can be read. */
  readonly selecting?: Pick<NodeEniSpec, 'nodeSelector' | 'selector'>;
  readonly faults: readonly string[];
}

export interface NodeEniList {
  readonly items: readonly NodeEni[];
  readonly invalid: readonly InvalidNodeEni[];
}

/** A change of slots; `null` removes one. */
export type SlotPatch<T> = Readonly<Record<Slot, T | null>>;

export interface NodeEniStateStore {
  get(instanceId: string): Promise<NodeEniState | undefined>;
  /** All, or what `keep` makes of each: the rest is held no longer than it takes to read a page. Undefined: nothing is kept of it. */
  list(keep?: (state: NodeEniState) => NodeEniState | undefined): Promise<readonly NodeEniState[]>;
  /**
   * Merge patch of `spec`; creates the object when it is missing. Returns what is stored now.
   * A slot is written whole: its absent fields are removed.
   */
  patchSpec(
    instanceId: string,
    patch: {
      readonly nodeName?: string;
      readonly missingSince?: string | null;
      readonly nodeMissingSince?: string | null;
      readonly hostBootedAt?: string;
      readonly hostCommand?: HostCommand;
      readonly offeredResources?: string[];
      readonly interfaces?: SlotPatch<SlotSpec>;
    },
  ): Promise<NodeEniState>;
  /**
   * Merge patch of `status.interfaces`, and of `status.host` only to drop slots that are gone, to pass on what a host
   * without an agent said by itself, and to void what an agent said before its host was started again. A row is written whole: its absent fields are removed.
   */
  patchStatus(
    instanceId: string,
    patch: {
      readonly interfaces?: SlotPatch<SlotStatus>;
      /** How many rows are left out of `interfaces`; none with 0. */
      readonly interfacesOmitted?: number;
      readonly summary?: StateSummary;
      readonly host?: Readonly<Record<Slot, HostStatus>>;
      readonly dropHost?: readonly Slot[];
    },
  ): Promise<void>;
  delete(instanceId: string): Promise<void>;
}

/** A Kubernetes Event about a NodeENI, for people who `kubectl describe`. */
export interface NodeEniEvent {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

export interface EventRecorder {
  record(nodeEni: NodeEni, event: NodeEniEvent): Promise<void>;
}

/** What went wrong: the reconcile as a whole, the removal of the startup taint after it, or the reading of a hook that holds it. */
export type TroubleKind = 'ReconcileFailed' | 'StartupTaintStuck' | 'HookUnreadable';

/** What keeps an instance from being served and stands in no state object, from whoever met it to the roll-up, which tells it. */
export interface InstanceTroubles {
  record(instanceId: string, kind: TroubleKind, explanation: Explanation): Promise<void>;
  /** The last one, unless it is too old to be still so. */
  find(instanceId: string, kind: TroubleKind): Promise<Explanation | undefined>;
}

/** A NetworkAttachmentDefinition of ours: by its name pods of a namespace ask for a network. */
export interface NetworkAttachment {
  readonly namespace: string;
  readonly name: string;
  readonly nodeEniUid: string;
  readonly nodeEniName: string;
  /** The extended resource that a pod asks for with it. */
  readonly resourceName: string | undefined;
  /** True when somebody wrote a configuration into it, which then counts instead of the node's file. */
  readonly hasConfig: boolean;
}

export interface NetworkAttachmentStore {
  /** All that carry our label, in every namespace. NotFound where Multus' kind is not installed. */
  listOurs(): Promise<readonly NetworkAttachment[]>;
  /** `Conflict` when there is one of that name, `NotFound` when there is no such namespace. */
  create(attachment: NetworkAttachment): Promise<void>;
  /** Writes everything of it that is ours, and takes a configuration out. */
  mend(attachment: NetworkAttachment): Promise<void>;
  delete(attachment: NetworkAttachment): Promise<void>;
}

export interface ClusterNamespace {
  readonly name: string;
  /** It is being deleted: nothing can be made in it any more. */
  readonly isEnding: boolean;
}

export interface NamespaceStore {
  /** Those that a label selector, as text, selects; all of them with an empty one. */
  list(labelSelector: string): Promise<readonly ClusterNamespace[]>;
}

export interface ClusterIdentity {
  /** UID of the kube-system namespace: tells clusters of equal names apart. Read anew each time. */
  uid(): Promise<string>;
}
