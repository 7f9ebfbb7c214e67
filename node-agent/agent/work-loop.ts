import type { HostState } from './parse-state.ts';

export interface WorkLoopOptions {
  /** Reconciles the host; resolves with the seconds after which to do it again although nothing happens. */
  readonly reconcile: (state: HostState) => Promise<number | undefined>;
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
const QUIET_SECONDS = 0.2;

/**
 * One reconcile at a time; everything that happens during one, and in the quiet time after it, leads to a single further
 * reconcile. What happens after that is reconciled at once, and so is a new object.
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

  const pause = async (seconds: number): Promise<void> => {
    const quietSeconds = Math.min(QUIET_SECONDS, seconds);
    await wait(quietSeconds, () => isUrgent);
    if (seconds > quietSeconds) await wait(seconds - quietSeconds, () => isDue);
  };

  const reconcileOnce = async (): Promise<number> => {
    if (state === undefined) return resyncSeconds;
    try {
      return Math.min((await reconcile(state)) ?? resyncSeconds, resyncSeconds);
    } catch (error) {
      onError(error);
      return RETRY_SECONDS;
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
        const seconds = await reconcileOnce();
        onTurn?.();
        await pause(seconds);
      }
    },
  };
};
