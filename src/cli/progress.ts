/** Where it is told how far something is. */
export interface ProgressScreen {
  readonly write: (text: string) => void;
  /** True: one line that is written over; else a line now and then. */
  readonly isTerminal: boolean;
  /** Milliseconds since any moment. */
  readonly now: () => number;
}

const CLEAR_LINE = '\r\u001B[K';
const TERMINAL_PAUSE_MS = 200;
const LINE_PAUSE_MS = 10_000;

/** Tells how far a long run is; nothing of one that is over soon. */
export const createProgress = ({ write, isTerminal, now }: ProgressScreen) => {
  const pauseMs = isTerminal ? TERMINAL_PAUSE_MS : LINE_PAUSE_MS;
  let reportedAt = now();
  let hasReported = false;
  return {
    /** Tells it, unless something was told just before. */
    tell: (line: string): void => {
      if (now() - reportedAt < pauseMs) return;
      reportedAt = now();
      hasReported = true;
      write(isTerminal ? `${CLEAR_LINE}${line}` : `${line}\n`);
    },
    /** Takes the line back. */
    end: (): void => {
      if (isTerminal && hasReported) write(CLEAR_LINE);
    },
  };
};

const TICK_MS = 1000;

/** The standard error, where it does not mix with a result. */
const standardError = (): ProgressScreen => ({
  write: (text) => process.stderr.write(text),
  isTerminal: process.stderr.isTTY === true,
  now: () => performance.now(),
});

/**
 * Does something that may take long, and tells each second what it is at and since when, on a terminal; elsewhere a line each ten
 * seconds. `work` says by `at` what comes next.
 */
export const withProgress = async <T>(
  work: (at: (what: string) => void) => Promise<T>,
  screen: ProgressScreen = standardError(),
): Promise<T> => {
  const progress = createProgress(screen);
  const begunAt = screen.now();
  let current = '';
  const timer = setInterval(() => {
    progress.tell(`${current} (${Math.round((screen.now() - begunAt) / 1000)} s)`);
  }, TICK_MS);
  try {
    return await work((what) => {
      current = what;
    });
  } finally {
    clearInterval(timer);
    progress.end();
  }
};
