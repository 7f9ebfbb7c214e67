import { documentNameOf } from '#core/manifests/ssm-document.ts';
import { EC2_INSTANCE_STATE_CHANGE } from './ec2-instance-state-change.ts';
import { INBOUND_EVENTS } from './index.ts';
import type { InboundEvent } from './parsed-event.ts';
import { SSM_COMMAND_INVOCATION } from './ssm-command-invocation.ts';

/** An event pattern of EventBridge ("Amazon EventBridge event patterns"). */
export type EventPattern = {
  readonly source: readonly string[];
  readonly 'detail-type': readonly string[];
  readonly detail?: Readonly<Record<string, readonly (string | { readonly wildcard: string })[]>>;
};

/** All there are ("Amazon EC2 instance state changes", Amazon EC2 User Guide). */
const INSTANCE_STATES = [
  'pending',
  'running',
  'stopping',
  'stopped',
  'shutting-down',
  'terminated',
];

/** Statuses of an invocation ("Monitor Systems Manager status changes using Amazon SNS notifications"). */
const COMMAND_STATUSES = [
  'Pending',
  'InProgress',
  'Success',
  'TimedOut',
  'Cancelled',
  'Cancelling',
  'Failed',
];

/** The parser itself says which statuses it would ask for a reconcile at. */
const isEnd = (status: string): boolean => {
  const ids = { 'document-name': documentNameOf('any'), 'instance-id': 'i-0123456789abcdef0' };
  return SSM_COMMAND_INVOCATION.parse({ detail: { ...ids, status } }).kind === 'work';
};

/** The parser itself says which states it would ask for a reconcile at. */
const isRelevant = (state: string): boolean => {
  const detail = { 'instance-id': 'i-0123456789abcdef0', state };
  return EC2_INSTANCE_STATE_CHANGE.parse({ detail }).kind === 'work';
};

/**
 * Only hooks whose metadata name this cluster. State changes carry no tags, so those of the whole account come by.
 * The metadata are JSON in a string, and spaces in it are free.
 */
const detailOf = (event: InboundEvent, clusterName: string): EventPattern['detail'] => {
  if (event.source === 'aws.autoscaling')
    return { NotificationMetadata: [{ wildcard: `*"cluster"*"${clusterName}"*` }] };
  if (event === SSM_COMMAND_INVOCATION)
    return {
      'document-name': [documentNameOf(clusterName)],
      status: COMMAND_STATUSES.filter(isEnd),
    };
  if (event === EC2_INSTANCE_STATE_CHANGE) return { state: INSTANCE_STATES.filter(isRelevant) };
  return undefined;
};

/** A rule: what it lets through and which function it wakes. */
export interface EventRoute {
  readonly name: string;
  readonly pattern: EventPattern;
  readonly functionName: 'on-asg-lifecycle' | 'on-ec2-state-change' | 'on-command-result';
}

const FUNCTION_BY_SOURCE: Readonly<Record<string, EventRoute['functionName']>> = {
  'aws.autoscaling': 'on-asg-lifecycle',
  'aws.ssm': 'on-command-result',
};

const nameOf = (detailType: string): string =>
  detailType
    .split(/\W+/)
    .map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
    .join('');

/** One rule for each event that the parsers understand. */
export const eventRoutes = (clusterName: string): readonly EventRoute[] =>
  INBOUND_EVENTS.map((event) => {
    const { source, detailType } = event;
    const detail = detailOf(event, clusterName);
    return {
      name: nameOf(detailType),
      pattern: { source: [source], 'detail-type': [detailType], ...(detail && { detail }) },
      functionName: FUNCTION_BY_SOURCE[source] ?? 'on-ec2-state-change',
    };
  });
