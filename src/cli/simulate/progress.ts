import type { OnProgress } from './launch.ts';

interface Screen {
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
export const createProgress = ({ write, isTerminal, now }: Screen) => {
  const pauseMs = isTerminal ? TERMINAL_PAUSE_MS : LINE_PAUSE_MS;
  let reportedAt = now();
  let hasReported = false;

  const tell: OnProgress = ({ seconds, ready }, wanted) => {
    if (now() - reportedAt < pauseMs) return;
    reportedAt = now();
    hasReported = true;
    const line = `${ready} of ${wanted} interfaces ready after ${Math.round(seconds)} virtual seconds`;
    write(isTerminal ? `${CLEAR_LINE}${line}` : `${line}\n`);
  };

  return {
    tell,
    /** Takes the line back. */
    end: (): void => {
      if (isTerminal && hasReported) write(CLEAR_LINE);
    },
  };
};
