import { failureOf } from '#core/errors.ts';
import type { Clock } from '#core/ports/clock.ts';

const RETRY_MS = 5_000;

/** People try again when the API server does not answer. What is not there is no error to them. */
export const insist = async (clock: Clock, act: () => Promise<unknown>): Promise<void> => {
  for (;;) {
    try {
      await act();
      return;
    } catch (error) {
      if (failureOf(error) === 'NotFound') return;
      if (!['Unknown', 'Conflict'].includes(failureOf(error))) throw error;
      await clock.sleep(RETRY_MS);
    }
  }
};
