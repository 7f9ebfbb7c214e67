/** How long after a failure it is worth reporting again. */
const RETRY_SECONDS = 5;

/** Reports that are written while the host goes on being reconciled. */
export interface Reporting {
  /** Begins at once, or when what is under way has ended; of those that wait only the newest is begun. Never waits. */
  submit(report: () => Promise<void>): void;
  /** Resolves when nothing is under way any more. */
  rest(): Promise<void>;
}

export interface ReportingOptions {
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly onError: (error: unknown) => void;
  /** Called some seconds after a failure, for another reconcile and its report. */
  readonly again: () => void;
}

/** One report at a time; a server that hangs delays only what else there is to report. */
export const createReporting = ({ sleep, onError, again }: ReportingOptions): Reporting => {
  let newest: (() => Promise<void>) | undefined;
  let working: Promise<void> | undefined;
  let isWaiting = false;

  const failed = async (error: unknown): Promise<void> => {
    onError(error);
    if (isWaiting) return;
    isWaiting = true;
    await sleep(RETRY_SECONDS * 1000);
    isWaiting = false;
    again();
  };

  const work = async (): Promise<void> => {
    while (newest !== undefined) {
      const report = newest;
      newest = undefined;
      await report().catch((error: unknown) => {
        void failed(error);
      });
    }
    working = undefined;
  };

  return {
    submit(report) {
      newest = report;
      working ??= work();
    },
    rest: async () => working,
  };
};
