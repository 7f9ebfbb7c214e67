import type { HostState } from './parse-state.ts';

/** What a reconcile came to, as far as it matters for the next one. */
export interface Turn {
  /** Seconds after which to reconcile again although nothing happens. */
  readonly requeueAfterSeconds?: number;
  /** False: nothing was to be done. */
  readonly didSomething: boolean;
}

export interface WorkLoopOptions {
  /** Reconciles the host. */
  readonly reconcile: (state: HostState) => Promise<Turn>;
  readonly resyncSeconds: number;
  /** Called at the end of each turn, whether there was anything to reconcile or not. */
  readonly onTurn?: () => void;
  readonly onError: (error: unknown) => void;
  readonly signal: AbortSignal;
}

export interface WorkLoop {
  /** The object as it is now; undefined when there is none, and then nothing is done. */
  take(state: HostState | undefined): void;
  /** Something may have changed on the host. */
  wake(): void;
  /** Works until the signal. */
  run(): Promise<void>;
}

const RETRY_SECONDS = 5;

/** Pods come and go, and each of their links makes the kernel speak several times. */
const SHORTEST_QUIET_SECONDS = 0.2;
const LONGEST_QUIET_SECONDS = 1;

/**
 * One reconcile at a time; everything that happens during one, and in the quiet time after it, leads to a single further
 * reconcile. What happens after that is reconciled at once, and so is a new object. The quiet time grows while events go on
 * that are about nothing of ours, and is short again after a pause of them, or when something was to be done.
 */
export const createWorkLoop = ({
  reconcile,
  resyncSeconds,
  onTurn,
  onError,
  signal,
}: WorkLoopOptions): WorkLoop => {
  let state: HostState | undefined;
  let isDue = false;
  let isUrgent = false;
  let quietSeconds = SHORTEST_QUIET_SECONDS;
  let ring = (): void => undefined;

  const wake = (): void => {
    isDue = true;
    ring();
  };
  const wakeNow = (): void => {
    isUrgent = true;
    wake();
  };
  signal.addEventListener('abort', wakeNow, { once: true });

  /** Waits for so many seconds, or until it is rung and `isOver` says that this is enough. */
  const wait = (seconds: number, isOver: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      if (isOver()) return resolve();
      const timer = setTimeout(resolve, seconds * 1000);
      ring = () => {
        if (!isOver()) return;
        clearTimeout(timer);
        resolve();
      };
    });

  const pause = async ({ requeueAfterSeconds: seconds = resyncSeconds, didSomething }: Turn) => {
    const quiet = Math.min(quietSeconds, seconds);
    await wait(quiet, () => isUrgent);
    quietSeconds =
      isDue && !isUrgent && !didSomething
        ? Math.min(quietSeconds * 2, LONGEST_QUIET_SECONDS)
        : SHORTEST_QUIET_SECONDS;
    if (seconds > quiet) await wait(seconds - quiet, () => isDue);
  };

  const reconcileOnce = async (): Promise<Turn> => {
    if (state === undefined) return { didSomething: false };
    try {
      const turn = await reconcile(state);
      const seconds = Math.min(turn.requeueAfterSeconds ?? resyncSeconds, resyncSeconds);
      return { ...turn, requeueAfterSeconds: seconds };
    } catch (error) {
      onError(error);
      return { requeueAfterSeconds: RETRY_SECONDS, didSomething: false };
    }
  };

  return {
    wake,
    take(next) {
      state = next;
      wakeNow();
    },
    async run() {
      while (!signal.aborted) {
        isDue = false;
        isUrgent = false;
        const turn = await reconcileOnce();
        onTurn?.();
        await pause(turn);
      }
    },
  };
};
