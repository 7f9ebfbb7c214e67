/** When a thing that changes by itself is reconciled again: soon enough for a launch that waits, and four calls a minute. */
export const REQUEUE_SECONDS = 15;
