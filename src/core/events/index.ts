import * as z from 'zod/mini';
import { ASG_LAUNCH_LIFECYCLE_ACTION } from './asg-launch-lifecycle-action.ts';
import { parseAsgNotification } from './asg-notification.ts';
import { ASG_TERMINATE_LIFECYCLE_ACTION } from './asg-terminate-lifecycle-action.ts';
import { EC2_INSTANCE_STATE_CHANGE } from './ec2-instance-state-change.ts';
import { EC2_SPOT_INTERRUPTION } from './ec2-spot-interruption.ts';
import { type InboundEvent, ignored, malformed, type ParsedEvent } from './parsed-event.ts';
import { SSM_COMMAND_INVOCATION } from './ssm-command-invocation.ts';

/** Every EventBridge event that is understood. */
export const INBOUND_EVENTS: readonly InboundEvent[] = [
  ASG_LAUNCH_LIFECYCLE_ACTION,
  ASG_TERMINATE_LIFECYCLE_ACTION,
  EC2_INSTANCE_STATE_CHANGE,
  EC2_SPOT_INTERRUPTION,
  SSM_COMMAND_INVOCATION,
];

const envelopeSchema = z.object({ source: z.string(), 'detail-type': z.string() });

/**
 * Reads one event, be it EventBridge's envelope or Auto Scaling's bare notification. Never throws:
 * an event nobody can read would otherwise come back until it is dead-lettered.
 */
export const parseEvent = (event: unknown): ParsedEvent => {
  const envelope = envelopeSchema.safeParse(event);
  if (!envelope.success) return parseAsgNotification(event) ?? malformed(envelope.error.issues);
  const { source, 'detail-type': detailType } = envelope.data;
  const inbound = INBOUND_EVENTS.find(
    (known) => known.source === source && known.detailType === detailType,
  );
  return inbound?.parse(event) ?? ignored('unknown', `${source}, ${detailType}`);
};

const fromQueueSchema = z.object({ Records: z.array(z.object({ body: z.string() })) });

const fromText = (text: string): ParsedEvent => {
  try {
    return parseEvent(JSON.parse(text));
  } catch {
    return ignored('malformed', 'body is not JSON');
  }
};

/** Reads what a function was called with: one event, or a batch of SQS messages that each carry one. */
export const parseEvents = (invocation: unknown): readonly ParsedEvent[] => {
  const batch = fromQueueSchema.safeParse(invocation);
  return batch.success
    ? batch.data.Records.map(({ body }) => fromText(body))
    : [parseEvent(invocation)];
};
