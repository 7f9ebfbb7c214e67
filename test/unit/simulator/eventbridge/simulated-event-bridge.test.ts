import { describe, expect, it } from 'vitest';
import {
  type BusEvent,
  SimulatedEventBridge,
  type SimulatedEventBridgeOptions,
} from '#simulator/eventbridge/simulated-event-bridge.ts';
import { VirtualClock } from '#simulator/virtual-clock.ts';

const STATE_CHANGE = {
  source: 'aws.ec2',
  'detail-type': 'EC2 Instance State-change Notification',
  detail: { 'instance-id': 'i-1', state: 'running' },
};

const ENTRY = { Source: 'nodeeni', DetailType: 'Interface Ready', Detail: '{"eniId":"eni-1"}' };

const setUp = (options: Partial<SimulatedEventBridgeOptions> = {}) => {
  const clock = new VirtualClock(new Date('2026-01-01T00:00:00.000Z'));
  const bridge = new SimulatedEventBridge({ clock, ...options });
  const received: BusEvent[] = [];
  const listen = (pattern = { source: ['aws.ec2', 'nodeeni'] }, eventBusName = 'default') =>
    bridge.addRule({
      name: 'rule',
      pattern,
      eventBusName,
      target: async (event) => received.push(event),
    });
  return { clock, bridge, received, listen };
};

describe('SimulatedEventBridge', () => {
  it('gives targets the whole envelope of an AWS event, once', async () => {
    const { clock, bridge, received, listen } = setUp();
    listen();

    const event = bridge.putAwsEvent({ ...STATE_CHANGE, resources: ['arn:i-1'] });
    await clock.advanceBy(600_000);

    expect(received).toEqual([event]);
    expect(event).toEqual({
      version: '0',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      ...STATE_CHANGE,
      account: '123456789012',
      time: '2026-01-01T00:00:00Z',
      region: 'us-east-1',
      resources: ['arn:i-1'],
    });
  });

  it('returns from a put before the targets run', async () => {
    const { clock, bridge, received, listen } = setUp({ latencyMs: 500 });
    listen();

    const { Entries } = await bridge.putEvents({ Entries: [ENTRY] });
    await clock.advanceBy(499);
    expect(received).toEqual([]);
    expect(bridge.inFlight).toBe(1);

    await clock.advanceBy(1);
    expect(received).toMatchObject([{ id: Entries?.[0]?.EventId, detail: { eniId: 'eni-1' } }]);
    expect(bridge.inFlight).toBe(0);
  });

  it('gives events to the matching rules of their bus until the rule is taken off', async () => {
    const { clock, bridge, received, listen } = setUp({ eventBusNames: ['own'] });
    listen({ source: ['aws.autoscaling'] });
    listen({ source: ['aws.ec2'] }, 'own');
    const remove = listen({ source: ['aws.ec2'] });

    bridge.putAwsEvent(STATE_CHANGE);
    await clock.advanceBy(0);
    remove();
    bridge.putAwsEvent(STATE_CHANGE);
    await clock.advanceBy(0);

    expect(received).toHaveLength(1);
  });

  it.each([
    ['NotAuthorizedForSourceException', { ...ENTRY, Source: 'aws.ec2' }],
    ['MalformedDetail', { ...ENTRY, Detail: 'eni-1' }],
    ['MalformedDetail', { ...ENTRY, Detail: '[]' }],
    ['InvalidArgument', { ...ENTRY, Source: '' }],
    ['InvalidArgument', { Source: 'nodeeni', Detail: '{}' }],
    ['InvalidArgument', { ...ENTRY, EventBusName: 'nowhere' }],
  ])('refuses an entry by %s and takes the others: %o', async (code, entry) => {
    const { clock, bridge, received, listen } = setUp();
    listen();

    const output = await bridge.putEvents({ Entries: [entry, ENTRY, ENTRY] });
    await clock.advanceBy(0);

    expect(output.FailedEntryCount).toBe(1);
    expect(output.Entries?.[0]).toMatchObject({ ErrorCode: code });
    expect(output.Entries?.[1]).toEqual({ EventId: expect.any(String) });
    expect(received).toHaveLength(2);
  });

  it('takes ten entries', async () => {
    const { bridge } = setUp();

    const output = await bridge.putEvents({ Entries: Array.from({ length: 10 }, () => ENTRY) });

    expect(output.FailedEntryCount).toBe(0);
  });

  it.each([0, 11])('refuses a request of %i entries', async (count) => {
    const { bridge } = setUp();

    const call = bridge.putEvents({ Entries: Array.from({ length: count }, () => ENTRY) });

    await expect(call).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('tries a failing target twice more, after one and two minutes', async () => {
    const { clock, bridge } = setUp();
    const attempts: number[] = [];
    const startMs = clock.now().getTime();
    const broken = new Error('broken');
    bridge.addRule({
      name: 'broken',
      pattern: { source: ['aws.ec2'] },
      target: async () => {
        attempts.push(clock.now().getTime() - startMs);
        throw broken;
      },
    });

    const event = bridge.putAwsEvent(STATE_CHANGE);
    await clock.advanceBy(600_000);

    expect(attempts).toEqual([0, 60_000, 180_000]);
    expect(bridge.undelivered).toEqual([{ ruleName: 'broken', event, error: broken }]);
    expect(bridge.inFlight).toBe(0);
  });

  it('loses, doubles and delays events as its disturbance says', async () => {
    const deliveries = [[0, 3_000], [], [1_000]];
    const { clock, bridge, received, listen } = setUp({
      disturbance: () => deliveries.shift() ?? [0],
    });
    listen();
    for (const state of ['pending', 'running', 'stopping']) {
      bridge.putAwsEvent({ ...STATE_CHANGE, detail: { state } });
    }

    await clock.advanceBy(3_000);

    expect(received.map(({ detail }) => detail)).toEqual([
      { state: 'pending' },
      { state: 'stopping' },
      { state: 'pending' },
    ]);
  });

  it('refuses a rule that it could not match as AWS does', () => {
    const { bridge } = setUp();
    const pattern: object = { detail: { a: [{ suffix: '*' }] } };

    expect(() =>
      bridge.addRule({ name: 'r', pattern: { ...pattern }, target: async () => {} }),
    ).toThrow('InvalidEventPatternException');
  });
});
