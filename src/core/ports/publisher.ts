import type { InterfaceEvent } from '#core/apis/v1alpha1/interface-event.ts';

export interface EventPublisher {
  publish(events: readonly InterfaceEvent[]): Promise<void>;
}
