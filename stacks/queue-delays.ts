/** Delays of the FIFO queues: hints that come within one merge, and are seen after the last of them. */
export const DELAY_SECONDS = { work: 2, rollUp: 5 } as const;
