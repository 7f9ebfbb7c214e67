/** When a thing that changes by itself is reconciled again: soon enough for a launch that waits, and four calls a minute. */
export const REQUEUE_SECONDS = 15;

/** Most attachments and detachments end within this time, and are looked for in each second of it; then ever less. */
const QUICK_SECONDS = 12;
const SLOW_SECONDS = 60;

/** Seconds until EC2 is asked again about an attachment or detachment that has gone on for so long. 0: as soon as can be. */
export const secondsToLookAgain = (ageSeconds: number): number => {
  if (ageSeconds < QUICK_SECONDS) return 0;
  return ageSeconds < SLOW_SECONDS ? 5 : REQUEUE_SECONDS;
};
