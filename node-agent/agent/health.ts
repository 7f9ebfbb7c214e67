/** Whether the agent does its work, and what is in the way when it does not. */
export interface Health {
  /** There is nothing to do on this host, which is well. */
  isIdle(): void;
  /** The API server answered with the object, or that there is none. */
  objectWasRead(): void;
  /** The loop ended a turn, whatever came of it. */
  turned(): void;
  /** A reconcile ended, with an error if it did not come to its end. */
  reconciled(error?: string): void;
  /** Why the loop counts as stuck; undefined when it turns. */
  stuck(): string | undefined;
  /** Why the host cannot be relied on yet, or no more; undefined when all is well. */
  missing(): string | undefined;
}

export interface HealthOptions {
  readonly resyncSeconds: number;
  /** A clock that only counts up. */
  readonly seconds: () => number;
}

/** What a reconcile may take beside its wait: a host full of devices whose drivers answer at the last moment. */
const LONGEST_RECONCILE_SECONDS = 180;

/**
 * An API server that is away later on makes nobody unwell: the host stays as it was asked to be, and a restart of the
 * agent would only lose the object.
 */
export const createHealth = ({ resyncSeconds, seconds }: HealthOptions): Health => {
  let isObjectRead = false;
  let hasNothingToDo = false;
  let hasTurned = false;
  let lastTurn = seconds();
  let lastError: string | undefined;

  const stuck = (): string | undefined => {
    const idleSeconds = seconds() - lastTurn;
    return idleSeconds > resyncSeconds + LONGEST_RECONCILE_SECONDS
      ? `the host was last reconciled ${Math.round(idleSeconds)} s ago`
      : undefined;
  };

  return {
    isIdle() {
      hasNothingToDo = true;
      lastTurn = seconds();
    },
    objectWasRead() {
      isObjectRead = true;
      hasNothingToDo = false;
    },
    turned() {
      hasTurned = isObjectRead;
      lastTurn = seconds();
    },
    reconciled(error) {
      lastError = error;
    },
    stuck,
    missing() {
      if (hasNothingToDo) return undefined;
      if (!isObjectRead) return 'the object of this host was not read yet';
      if (lastError !== undefined) return `the host could not be reconciled: ${lastError}`;
      return stuck() ?? (hasTurned ? undefined : 'the host was not reconciled yet');
    },
  };
};
