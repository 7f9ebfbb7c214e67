/** An interface that is asked for and not there yet. */
export interface Unready {
  readonly slot: string;
  readonly reason: string;
  readonly message: string;
}

/** How far the interfaces of an instance are: what lifecycle hooks and startup taints decide by. */
export interface InstanceReadiness {
  /** False while nothing tells the node's labels, or the look failed: nothing may be concluded then. */
  readonly isKnown: boolean;
  readonly unattached: readonly Unready[];
  /** Attached, and not yet acknowledged by the agent in its current generation. */
  readonly unconfigured: readonly Unready[];
  /** True while an attachment does not carry the delete-on-termination flag its spec asks for. */
  readonly isFlagPending: boolean;
}
