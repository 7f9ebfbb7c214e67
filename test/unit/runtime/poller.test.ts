import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import type { Clock } from '#core/ports/clock.ts';
import { type InMemoryQueueOptions, InMemoryQueues } from '#runtime/in-memory-queues.ts';
import { Poller, type PollerOptions } from '#runtime/poller.ts';
import { VirtualClock } from '#simulator/virtual-clock.ts';

const VISIBILITY_SECONDS = 360;

const setUp = (options: Partial<PollerOptions> = {}, queue: Partial<InMemoryQueueOptions> = {}) => {
  const clock = new VirtualClock(new Date('2026-01-01T00:00:00.000Z'));
  const queues = new InMemoryQueues(clock);
  const queueUrl = queues.createQueue({
    name: 'work.fifo',
    visibilityTimeoutSeconds: VISIBILITY_SECONDS,
    ...queue,
  });
  const batches: string[][] = [];
  const start = (
    work: (records: readonly SQSRecord[]) => Promise<unknown> = async () => {},
    pollerClock: Clock = clock,
  ) =>
    new Poller({
      clock: pollerClock,
      queue: queues.queue(queueUrl),
      batchSize: 10,
      maximumConcurrency: 1000,
      functionName: 'reconcile',
      functionTimeoutSeconds: 60,
      handler: ({ Records }: SQSEvent) => {
        batches.push(Records.map(({ body }) => body));
        return work(Records);
      },
      ...options,
    });
  /** The group of a message is the first letter of its body. */
  const send = (...bodies: readonly string[]) =>
    queues.sendMessageBatch({
      QueueUrl: queueUrl,
      Entries: bodies.map((body) => ({
        Id: body,
        MessageBody: body,
        MessageGroupId: body.slice(0, 1),
        MessageDeduplicationId: body,
      })),
    });
  const left = () => queues.messagesIn(queueUrl).map(({ body }) => body);
  return { clock, queue: queues.queue(queueUrl), batches, start, send, left };
};

const failing = (records: readonly SQSRecord[], ...bodies: readonly string[]) => ({
  batchItemFailures: records
    .filter(({ body }) => bodies.includes(body))
    .map(({ messageId }) => ({ itemIdentifier: messageId })),
});

const never = () => new Promise<never>(() => {});

describe('A poller', () => {
  it('invokes the function with a batch and deletes what is done', async () => {
    const { clock, batches, start, send, left } = setUp();
    start();

    await send('a1', 'a2', 'b1');
    await clock.advanceBy(0);

    expect(batches).toEqual([['a1', 'a2', 'b1']]);
    expect(left()).toEqual([]);
  });

  it('takes what was in the queue before it', async () => {
    const { clock, batches, start, send } = setUp();
    await send('a1');

    start();
    await clock.advanceBy(0);

    expect(batches).toEqual([['a1']]);
  });

  it('wakes when a delayed message becomes visible', async () => {
    const { clock, batches, start, send } = setUp({}, { delaySeconds: 50 });
    start();
    await clock.advanceBy(3_600_000);

    await send('a1');
    await clock.advanceBy(49_999);
    expect(batches).toEqual([]);

    await clock.advanceBy(1);
    expect(batches).toEqual([['a1']]);
  });

  it('sleeps without a timer while the queue is empty', async () => {
    const { clock, queue, start } = setUp();
    let sleeps = 0;
    const countingClock: Clock = {
      now: () => clock.now(),
      sleep: (milliseconds) => {
        sleeps += 1;
        return clock.sleep(milliseconds);
      },
    };
    start(undefined, countingClock);

    await clock.advanceBy(3_600_000);

    expect(sleeps).toBe(0);
    expect(queue.nextVisibleAt()).toBeUndefined();
  });

  it('gives a failed record again after the visibility timeout, its group behind it, the others not', async () => {
    const { clock, batches, start, send } = setUp({ batchSize: 2 });
    let isFirst = true;
    start(async (records) => {
      if (!isFirst) return undefined;
      isFirst = false;
      return failing(records, 'a1');
    });

    await send('a1', 'b1');
    await clock.advanceBy(0);
    await send('a2', 'b2');
    await clock.advanceBy(VISIBILITY_SECONDS * 1000 - 1);
    expect(batches).toEqual([['a1', 'b1'], ['b2']]);

    await clock.advanceBy(1);
    expect(batches.slice(2)).toEqual([['a1', 'a2']]);
  });

  it('takes a thrown error for the failure of the whole batch', async () => {
    const errors: unknown[] = [];
    const { clock, start, send, left } = setUp({ onError: (error) => errors.push(error) });
    const broken = new Error('broken');
    start(async () => {
      throw broken;
    });

    await send('a1', 'b1');
    await clock.advanceBy(0);

    expect(errors).toEqual([broken]);
    expect(left()).toEqual(['a1', 'b1']);
  });

  it('runs no more invocations at once than it may', async () => {
    const { clock, batches, start, send } = setUp({ batchSize: 1, maximumConcurrency: 2 });
    const finish: (() => void)[] = [];
    const poller = start(
      () =>
        new Promise<void>((resolve) => {
          finish.push(resolve);
        }),
    );

    await send('a1', 'b1', 'c1');
    await clock.advanceBy(0);
    expect(batches).toEqual([['a1'], ['b1']]);
    expect(poller.inFlight).toBe(2);

    finish[0]?.();
    await clock.advanceBy(0);
    expect(batches[2]).toEqual(['c1']);
  });

  it('runs one invocation of a group at a time', async () => {
    const { clock, batches, start, send } = setUp({ batchSize: 1 });
    start(never);

    await send('a1', 'a2');
    await clock.advanceBy(1_000);

    expect(batches).toEqual([['a1']]);
  });

  it('ends an invocation at the function timeout and leaves its messages in flight', async () => {
    const errors: unknown[] = [];
    const { clock, batches, start, send, left } = setUp({
      functionTimeoutSeconds: 50,
      onError: (error) => errors.push(error),
    });
    const poller = start(never);
    await send('a1');

    await clock.advanceBy(49_999);
    expect(poller.inFlight).toBe(1);

    await clock.advanceBy(1);
    expect(poller.inFlight).toBe(0);
    expect(String(errors)).toContain('Task timed out after 50.00 seconds');
    expect(left()).toEqual(['a1']);
    await clock.advanceBy((VISIBILITY_SECONDS - 50) * 1000);
    expect(batches).toEqual([['a1'], ['a1']]);
  });

  it('takes no notice of the late answers of killed invocations', async () => {
    const errors: unknown[] = [];
    const { clock, start, send, left } = setUp({
      batchSize: 1,
      onError: (error) => errors.push(error),
    });
    const poller = start(async ([record]) => {
      await clock.sleep(1_000);
      if (record?.body === 'b1') throw new Error('too late');
    });
    await send('a1', 'b1');
    await clock.advanceBy(0);

    const stopped = poller.stop();
    poller.killInFlight();
    await stopped;
    await clock.advanceBy(1_000);

    expect(left()).toEqual(['a1', 'b1']);
    expect(errors).toEqual([]);
  });

  it('finishes what is in flight when it is stopped', async () => {
    const { clock, batches, start, send, left } = setUp({ batchSize: 1 });
    const poller = start(([record]) => clock.sleep(record?.body === 'a1' ? 5_000 : 3_000));
    await send('a1', 'b1');
    await clock.advanceBy(1_000);

    let isStopped = false;
    const stopped = poller.stop().then(() => {
      isStopped = true;
    });
    await send('c1');
    await clock.advanceBy(3_999);
    expect(isStopped).toBe(false);

    await clock.advanceBy(1);
    await stopped;
    expect(batches).toEqual([['a1'], ['b1']]);
    expect(left()).toEqual(['c1']);
  });

  it('waits for a hanging invocation no longer than the function timeout', async () => {
    const { clock, start, send } = setUp();
    const poller = start(never);
    await send('a1');
    await clock.advanceBy(0);

    const stopped = poller.stop();
    await clock.advanceBy(60_000);

    await expect(stopped).resolves.toBeUndefined();
  });

  it('gives the function its remaining time', async () => {
    const times: number[] = [];
    const { clock, start, send } = setUp({
      handler: async (_event, context) => {
        await clock.sleep(10_000);
        times.push(context.getRemainingTimeInMillis());
      },
    });
    start();

    await send('a1');
    await clock.advanceBy(10_000);

    expect(times).toEqual([50_000]);
  });
});
