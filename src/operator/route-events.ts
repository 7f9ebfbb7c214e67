import { parseEvents } from '#core/events/index.ts';
import type { ParsedEvent } from '#core/events/parsed-event.ts';
import type { Router } from './operator.ts';
import type { Telemetry } from './telemetry.ts';

const report = (telemetry: Telemetry, event: ParsedEvent): void => {
  if (event.kind === 'work') {
    telemetry.logger.info('asking for a reconcile', { keys: event.keys, facts: event.facts });
    return;
  }
  const { reason, detail } = event;
  telemetry.count('EventsIgnored', 1, { reason });
  if (reason === 'malformed') telemetry.logger.warn('malformed event', { detail });
  else telemetry.logger.debug('event ignored', { reason, detail });
};

/**
 * Passes on who the events of one invocation are about, and nothing else of them. Throws only when the
 * queue does not take the hints: the caller is then called again, and a repeated hint does no harm.
 */
export const routeEvents = async (
  { telemetry, workQueue }: Router,
  invocation: unknown,
): Promise<void> => {
  const events = parseEvents(invocation);
  for (const event of events) report(telemetry, event);
  const keys = events.flatMap((event) => (event.kind === 'work' ? event.keys : []));
  if (keys.length === 0) return;
  await workQueue.hint(keys);
  telemetry.count('HintsSent', keys.length);
};
