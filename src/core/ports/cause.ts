/** For whom a call that changes something is made, and why. It stands in the log beside the call; nothing is decided by it. */
export interface Cause {
  readonly instanceId?: string;
  readonly nodeEni?: string;
  readonly slot?: string;
  readonly eniId?: string;
  readonly why: string;
}
