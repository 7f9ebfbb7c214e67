/** Why a reference cannot be used: a stable reason, and a sentence that says what to do. */
export interface Fault {
  readonly reason: string;
  readonly message: string;
}

/** Why the subnets and groups of a NodeENI could not be looked up, and when it is worth asking again. */
export interface Unresolved extends Fault {
  readonly phase: 'Pending' | 'Failed';
  readonly requeueAfterSeconds: number;
}
