/** A NodeENI, as far as it matters for who may hold a launch. */
export interface Holder {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** An interface that is asked for and not there yet. */
export interface Unready {
  readonly slot: string;
  /** The NodeENI that asks for it, where it is known. */
  readonly holder?: Holder;
  readonly reason: string;
  readonly message: string;
}

/** Which NodeENIs have on an instance what they ask for. */
export interface NodeEniPresence {
  /** True where somebody reports who serves each interface: none of them counts as ready for want of an agent. */
  readonly isReported: boolean;
  readonly ready: readonly string[];
  /** Of these nobody can tell now. All that are neither are not there. */
  readonly unknown: readonly string[];
}

/** How far the interfaces of an instance are: what lifecycle hooks and startup taints decide by. */
export interface InstanceReadiness {
  /** False while nothing tells the node's labels, or the reconcile failed: nothing may be concluded then. */
  readonly isKnown: boolean;
  /** The NodeENIs of which nobody can tell yet whether they select the instance, when only for them it is not known. */
  readonly undecided?: readonly Holder[];
  readonly unattached: readonly Unready[];
  /** Attached, and not yet acknowledged by the agent in its current generation. */
  readonly unconfigured: readonly Unready[];
  /** True where somebody reports who serves one of the unconfigured, or one is a network for pods: they are worth waiting for. */
  readonly hasHostReport?: boolean;
  /** True while an attachment does not carry the delete-on-termination flag its spec asks for, or nobody could look. */
  readonly isFlagPending: boolean;
}
