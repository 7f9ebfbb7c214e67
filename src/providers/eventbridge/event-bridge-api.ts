import {
  type EventBridgeClient,
  PutEventsCommand,
  type PutEventsCommandInput,
  type PutEventsCommandOutput,
} from '@aws-sdk/client-eventbridge';

/**
 * Every EventBridge call this product makes.
 */
export interface EventBridgeApi {
  putEvents(input: PutEventsCommandInput): Promise<PutEventsCommandOutput>;
}

/** The calls over the wire. */
export const createEventBridgeApi = (client: EventBridgeClient): EventBridgeApi => ({
  putEvents: (input) => client.send(new PutEventsCommand(input)),
});
