/**
 * The seconds until a failed reconcile is tried again, so that tries of one thing fall together: each event and each sweep begins
 * a chain of its own, and two reconciles that are asked for the same moment are one. Between once and twice the wait.
 */
export const secondsToRetry = (seconds: number, now: Date): number => {
  const wait = seconds * 1000;
  return (Math.ceil((now.getTime() + wait) / wait) * wait - now.getTime()) / 1000;
};
