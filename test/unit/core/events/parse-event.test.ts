import { describe, expect, it } from 'vitest';
import { INBOUND_EVENTS, parseEvent, parseEvents } from '#core/events/index.ts';
import { readEvent } from '#test/fixtures/events/read-event.ts';

const instance = (instanceId: string) => ({ kind: 'instance', instanceId });

const without = (event: unknown, field: string): unknown => {
  const copy = structuredClone(event) as { detail: Record<string, unknown> };
  delete copy.detail[field];
  return copy;
};

describe('parseEvent', () => {
  it.each([
    ['asg-launch', 'i-0a1b2c3d4e5f60001', { origin: 'EC2', destination: 'AutoScalingGroup' }],
    ['asg-terminate', 'i-0a1b2c3d4e5f60002', { origin: 'AutoScalingGroup', destination: 'EC2' }],
    ['asg-warm-pool-entry', 'i-0a1b2c3d4e5f60003', { origin: 'EC2', destination: 'WarmPool' }],
    [
      'asg-warm-pool-exit',
      'i-0a1b2c3d4e5f60003',
      { origin: 'WarmPool', destination: 'AutoScalingGroup' },
    ],
    [
      'asg-warm-pool-return',
      'i-0a1b2c3d4e5f60003',
      { origin: 'AutoScalingGroup', destination: 'WarmPool' },
    ],
    ['asg-sqs-launch', 'i-0a1b2c3d4e5f60004', { group: 'multus-workers', hook: 'nodeeni-launch' }],
    ['ec2-running', 'i-0a1b2c3d4e5f60005', { state: 'running' }],
    ['ec2-stopped', 'i-0a1b2c3d4e5f60005', { state: 'stopped' }],
    ['ec2-shutting-down', 'i-0a1b2c3d4e5f60005', { state: 'shutting-down' }],
    ['ec2-terminated', 'i-0a1b2c3d4e5f60005', { state: 'terminated' }],
    ['ec2-spot-interruption', 'i-0a1b2c3d4e5f60006', { action: 'terminate' }],
    ['ssm-command-invocation', 'i-0a1b2c3d4e5f60007', { status: 'Success' }],
  ])('asks for a reconcile at the instance of %s and says why', (name, instanceId, facts) => {
    const parsed = parseEvent(readEvent(name));

    expect(parsed).toEqual({
      kind: 'work',
      keys: [instance(instanceId)],
      facts: expect.objectContaining(facts),
    });
  });

  it.each([
    ['asg-sqs-test-notification', 'test', 'autoscaling:TEST_NOTIFICATION'],
    ['asg-launch-successful', 'unknown', 'aws.autoscaling, EC2 Instance Launch Successful'],
    ['ec2-rebalance-recommendation', 'unknown', 'aws.ec2, EC2 Instance Rebalance Recommendation'],
    ['ec2-pending', 'irrelevant', 'state pending'],
    ['ec2-stopping', 'irrelevant', 'state stopping'],
  ])('ignores %s as %s', (name, reason, detail) => {
    expect(parseEvent(readEvent(name))).toEqual({ kind: 'ignored', reason, detail });
  });

  it.each([
    ['by another document', { 'document-name': 'AWS-RunShellScript' }, 'another document'],
    ['that still runs', { status: 'InProgress' }, 'status InProgress'],
    ['on a node that is no EC2 instance', { 'instance-id': 'mi-0a1b2c3d4e5f60007' }, 'no EC2'],
  ])('ignores a command %s', (_name, change, detail) => {
    const event = readEvent('ssm-command-invocation') as { detail: object };

    expect(parseEvent({ ...event, detail: { ...event.detail, ...change } })).toEqual({
      kind: 'ignored',
      reason: 'irrelevant',
      detail: expect.stringContaining(detail),
    });
  });

  it.each([
    ['an empty event', {}, 'source: invalid_type, detail-type: invalid_type'],
    ['no object', null, 'event: invalid_type'],
    ['an action without an instance', without(readEvent('asg-launch'), 'EC2InstanceId'), 'EC2Inst'],
    ['a change without a state', without(readEvent('ec2-running'), 'state'), 'detail.state'],
    [
      'an interruption without an action',
      without(readEvent('ec2-spot-interruption'), 'instance-action'),
      'detail.instance-action',
    ],
    [
      'a command without a document',
      without(readEvent('ssm-command-invocation'), 'document-name'),
      'detail.document-name',
    ],
    [
      'an envelope without detail',
      { source: 'aws.autoscaling', 'detail-type': 'EC2 Instance-terminate Lifecycle Action' },
      'event: invalid_type',
    ],
  ])('calls %s malformed and names the field', (_name, event, detail) => {
    expect(parseEvent(event)).toEqual({
      kind: 'ignored',
      reason: 'malformed',
      detail: expect.stringContaining(detail),
    });
  });

  it.each([
    'i-',
    'i-0A1B2C3D4E5F60001',
    'i-xyz',
    'eni-0a1b2c3d4e5f60001',
    ' i-0a1b2c3d',
    'i-0a1b2c3d\n',
  ])('refuses %j as an instance id without repeating it', (id) => {
    const event = {
      ...(readEvent('ec2-running') as object),
      detail: { 'instance-id': id, state: 'running' },
    };

    expect(parseEvent(event)).toEqual({
      kind: 'ignored',
      reason: 'malformed',
      detail: 'detail.instance-id: invalid_format',
    });
  });

  it('does not take the word of another source', () => {
    const event = { ...(readEvent('ec2-running') as object), source: 'com.example' };

    expect(parseEvent(event)).toMatchObject({ kind: 'ignored', reason: 'unknown' });
  });

  it('ignores the other notifications of Auto Scaling', () => {
    const notification = readEvent('asg-sqs-launch') as object;

    expect(parseEvent({ ...notification, Event: 'autoscaling:EC2_INSTANCE_LAUNCH' })).toEqual({
      kind: 'ignored',
      reason: 'irrelevant',
      detail: 'autoscaling:EC2_INSTANCE_LAUNCH',
    });
  });

  it('takes an instance id of the short form', () => {
    const event = {
      ...(readEvent('ec2-running') as object),
      detail: { 'instance-id': 'i-0a1b2c3d', state: 'running' },
    };

    expect(parseEvent(event)).toMatchObject({ kind: 'work', keys: [instance('i-0a1b2c3d')] });
  });

  it('keeps what it says of an unknown event short', () => {
    const parsed = parseEvent({ source: 'x'.repeat(5000), 'detail-type': 'y' });

    expect(parsed).toMatchObject({ reason: 'unknown', detail: 'x'.repeat(200) });
  });

  it('knows every inbound event by a source and a detail-type of its own', () => {
    const identities = INBOUND_EVENTS.map(({ source, detailType }) => `${source} ${detailType}`);

    expect(new Set(identities).size).toBe(identities.length);
  });
});

describe('parseEvents', () => {
  it('reads the events that SQS messages carry, good and bad', () => {
    const bodies = [
      JSON.stringify(readEvent('asg-sqs-test-notification')),
      JSON.stringify(readEvent('asg-sqs-launch')),
      JSON.stringify(readEvent('ec2-terminated')),
      '{"cut off',
    ];

    const parsed = parseEvents({ Records: bodies.map((body) => ({ messageId: 'm', body })) });

    expect(parsed).toMatchObject([
      { kind: 'ignored', reason: 'test' },
      { kind: 'work', keys: [instance('i-0a1b2c3d4e5f60004')] },
      { kind: 'work', keys: [instance('i-0a1b2c3d4e5f60005')] },
      { kind: 'ignored', reason: 'malformed', detail: 'body is not JSON' },
    ]);
  });

  it('reads a single event as one', () => {
    expect(parseEvents(readEvent('asg-launch'))).toHaveLength(1);
  });
});
