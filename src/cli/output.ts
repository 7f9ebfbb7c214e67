type Stream = NodeJS.WriteStream;

/** What a command does when nobody reads its output any more. */
export type WithoutReader =
  /** It only shows something: it ends in this way. */
  | { readonly type: 'end'; end(): void }
  /** It changes something, and says that it goes on. */
  | { readonly type: 'go-on' };

/** What becomes of the output of a command. */
export interface Output {
  /** Unless told, a command finishes in silence. */
  whenReaderLeaves(what: WithoutReader): void;
  /** The exit code that is true of the output too. */
  codeFor(code: number): number;
  /** Resolves when all that was written has been taken: a pipe takes it in parts, and an exit would drop the rest. */
  flushed(): Promise<void>;
}

/** As a shell tells of a program that a closed pipe has ended: 128 + SIGPIPE ("Exit Status", Bash Reference Manual). */
const READER_LEFT = 141;

/**
 * Watches the streams. Whoever reads may stop early, as `head` does: that neither fails a command nor ends one that
 * changes something. A full disk fails it, and is reported once.
 */
export const watchOutput = (stdout: Stream, stderr: Stream): Output => {
  let lost: 'reader' | 'disk' | undefined;
  let then: WithoutReader | undefined;

  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (lost !== undefined) return;
    lost = error.code === 'EPIPE' ? 'reader' : 'disk';
    if (lost === 'disk') stderr.write(`The output cannot be written: ${error.message}\n`);
    else if (then?.type === 'end') then.end();
    else if (then?.type === 'go-on')
      stderr.write('Nobody reads the output any more; what was begun is done.\n');
  });
  // There is nowhere left to tell of it.
  stderr.on('error', () => undefined);

  return {
    whenReaderLeaves(what) {
      then = what;
    },
    codeFor(code) {
      if (lost === 'reader' && then?.type === 'end') return READER_LEFT;
      return lost === 'disk' && code === 0 ? 1 : code;
    },
    async flushed() {
      const flush = (stream: Stream) =>
        new Promise<void>((resolve) => stream.write('', () => resolve()));
      await Promise.all([flush(stdout), flush(stderr)]);
    },
  };
};
