import type { WorkKey } from '#core/ports/work-queue.ts';
import type { Router } from './operator.ts';

type Outcome = 'sent' | 'failed' | 'late';

/**
 * Announces a change for a caller that cannot wait, before it is stored: resolves within the limit, whatever the queue does, and
 * never throws. A hint that is late or lost is made good by the sweep.
 */
export const sendHintsWithin = async (
  limitMilliseconds: number,
  { telemetry, workQueue }: Router,
  keys: readonly WorkKey[],
): Promise<void> => {
  if (keys.length === 0) return;
  const { promise: late, resolve } = Promise.withResolvers<Outcome>();
  const timer = setTimeout(() => resolve('late'), limitMilliseconds);
  const sending = workQueue.announce(keys).then(
    (): Outcome => 'sent',
    (): Outcome => 'failed',
  );
  const outcome = await Promise.race([sending, late]);
  clearTimeout(timer);
  if (outcome === 'sent') {
    telemetry.count('HintsSent', keys.length);
    return;
  }
  telemetry.count('HintsLost', keys.length, { outcome });
  telemetry.logger.warn('hints lost', { outcome, keys });
};
