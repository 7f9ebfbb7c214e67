import type { HostState } from './parse-state.ts';

export interface WorkLoopOptions {
  /** Looks at the host; resolves with the seconds after which to look again although nothing happens. */
  readonly look: (state: HostState) => Promise<number | undefined>;
  readonly resyncSeconds: number;
  /** Called at the end of each turn, whether there was anything to look at or not. */
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

/** One look at a time; everything that happens during one leads to a single further look. */
export const createWorkLoop = ({
  look,
  resyncSeconds,
  onTurn,
  onError,
  signal,
}: WorkLoopOptions): WorkLoop => {
  let state: HostState | undefined;
  let isDue = false;
  let ring = (): void => undefined;

  const wake = (): void => {
    isDue = true;
    ring();
  };
  signal.addEventListener('abort', wake, { once: true });

  const pause = (seconds: number): Promise<void> =>
    new Promise((resolve) => {
      if (isDue) return resolve();
      const timer = setTimeout(resolve, seconds * 1000);
      ring = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const lookOnce = async (): Promise<number> => {
    if (state === undefined) return resyncSeconds;
    try {
      return Math.min((await look(state)) ?? resyncSeconds, resyncSeconds);
    } catch (error) {
      onError(error);
      return RETRY_SECONDS;
    }
  };

  return {
    wake,
    take(next) {
      state = next;
      wake();
    },
    async run() {
      while (!signal.aborted) {
        isDue = false;
        const seconds = await lookOnce();
        onTurn?.();
        await pause(seconds);
      }
    },
  };
};
