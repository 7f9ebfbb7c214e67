import { EVENT_DETAIL_TYPE, EVENT_SOURCE } from '#core/apis/v1alpha1/names.ts';
import { CallError } from '#core/errors.ts';
import type { EventPublisher } from '#core/ports/publisher.ts';
import type { EventBridgeApi } from './event-bridge-api.ts';

/** PutEvents takes ten entries (Amazon EventBridge API Reference). */
const MOST_ENTRIES = 10;

/** Tells the event bus what became of interfaces. */
export const createEventPublisher = ({
  eventBridge,
  busName,
}: {
  readonly eventBridge: EventBridgeApi;
  readonly busName: string;
}): EventPublisher => ({
  async publish(events) {
    for (let start = 0; start < events.length; start += MOST_ENTRIES) {
      const { FailedEntryCount = 0 } = await eventBridge.putEvents({
        Entries: events.slice(start, start + MOST_ENTRIES).map((event) => ({
          EventBusName: busName,
          Source: EVENT_SOURCE,
          DetailType: EVENT_DETAIL_TYPE,
          Resources: event.eniId === undefined ? [] : [event.eniId],
          Detail: JSON.stringify(event),
        })),
      });
      if (FailedEntryCount > 0)
        throw new CallError(
          'Unknown',
          'PutFailed',
          `PutEvents: ${FailedEntryCount} events were refused`,
        );
    }
  },
});
