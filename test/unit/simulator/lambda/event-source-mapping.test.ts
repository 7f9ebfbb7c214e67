import type { SQSEvent } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import {
  EventSourceMapping,
  type EventSourceMappingOptions,
} from '#simulator/lambda/event-source-mapping.ts';
import { SimulatedSqs } from '#simulator/sqs/simulated-sqs.ts';
import { VirtualClock } from '#simulator/virtual-clock.ts';

const setUp = (options: Partial<EventSourceMappingOptions> = {}) => {
  const clock = new VirtualClock(new Date('2026-01-01T00:00:00.000Z'));
  const sqs = new SimulatedSqs({ clock });
  const queueUrl = sqs.createQueue({ name: 'work.fifo' });
  const batches: string[][] = [];
  const start = (work: () => Promise<unknown> = async () => {}) =>
    new EventSourceMapping({
      ...{ clock, sqs, queueUrl, functionName: 'reconcile', functionTimeoutSeconds: 60 },
      handler: ({ Records }: SQSEvent) => {
        batches.push(Records.map(({ body }) => body));
        return work();
      },
      ...options,
    });
  /** The group of a message is the first letter of its body. */
  const send = (...bodies: readonly string[]) =>
    sqs.sendMessageBatch({
      QueueUrl: queueUrl,
      Entries: bodies.map((body) => ({
        ...{ Id: body, MessageBody: body },
        ...{ MessageGroupId: body.slice(0, 1), MessageDeduplicationId: body },
      })),
    });
  const left = () => sqs.messagesIn(queueUrl).map(({ body }) => body);
  return { clock, sqs, queueUrl, batches, start, send, left };
};

const never = () => new Promise<never>(() => {});

describe('EventSourceMapping', () => {
  it('invokes the function with a batch, deletes what is done, and that is three requests', async () => {
    const { clock, sqs, queueUrl, batches, start, send, left } = setUp();
    start();

    await send('a1', 'a2', 'b1');
    await clock.advanceBy(0);

    expect(batches).toEqual([['a1', 'a2', 'b1']]);
    expect(left()).toEqual([]);
    expect(sqs.requestsTo(queueUrl)).toBe(3);
  });

  describe('with a function that sends itself a message each time', () => {
    const loop = (options: Partial<EventSourceMappingOptions>) => {
      const world = setUp(options);
      let sent = 0;
      world.start(async () => {
        sent += 1;
        if (sent < 30) await world.send(`a${sent}`);
      });
      return world;
    };

    it('ends the chain after 16 invocations, as Lambda does', async () => {
      const { clock, batches, send, left } = loop({});

      await send('a0');
      await clock.advanceBy(60_000);

      expect(batches).toHaveLength(16);
      expect(left()).toEqual([]);
    });

    it('goes on where that is allowed', async () => {
      const { clock, batches, send } = loop({ recursiveLoop: 'Allow' });

      await send('a0');
      await clock.advanceBy(60_000);

      expect(batches).toHaveLength(30);
    });

    it('ends chains one batch after the other', async () => {
      const { clock, batches, start, send, left } = setUp({ batchSize: 1 });
      start(async () => {
        const isLast = batches.length === 16;
        await (isLast ? send('a16', 'b16') : send(`a${batches.length}`));
      });

      await send('a0');
      await clock.advanceBy(0);

      expect(batches).toHaveLength(16);
      expect(left()).toEqual([]);
    });

    it('keeps what ends the chain in the dead letters', async () => {
      const clock = new VirtualClock(new Date('2026-01-01T00:00:00.000Z'));
      const sqs = new SimulatedSqs({ clock });
      const dead = sqs.createQueue({ name: 'dead' });
      const queueUrl = sqs.createQueue({
        name: 'work',
        deadLetters: { queueUrl: dead, maximumReceives: 5 },
      });
      const send = () =>
        sqs.sendMessageBatch({ QueueUrl: queueUrl, Entries: [{ Id: '0', MessageBody: 'again' }] });
      new EventSourceMapping({
        ...{ clock, sqs, queueUrl, functionName: 'reconcile', functionTimeoutSeconds: 60 },
        handler: send,
      });

      await send();
      await clock.advanceBy(60_000);

      expect(sqs.messagesIn(dead).map(({ body }) => body)).toEqual(['again']);
      expect(sqs.messagesIn(queueUrl)).toEqual([]);
    });
  });

  it('dies when its signal aborts', async () => {
    const controller = new AbortController();
    const { clock, batches, start, send } = setUp({ signal: controller.signal });
    const mapping = start(never);
    await send('a1');
    await clock.advanceBy(0);

    controller.abort();
    expect(mapping.inFlight).toBe(0);
    await send('b1');
    await clock.advanceBy(3_600_000);

    expect(batches).toEqual([['a1']]);
    await mapping.stop();
  });

  it('never starts when its signal has aborted before', async () => {
    const { clock, batches, start, send } = setUp({ signal: AbortSignal.abort() });
    await send('a1');

    start();
    await clock.advanceBy(3_600_000);

    expect(batches).toEqual([]);
  });

  it.each([{ batchSize: 0 }, { batchSize: 11 }, { maximumConcurrency: 1 }])(
    'refuses %o',
    (options) => {
      expect(() => setUp(options).start()).toThrow(RangeError);
    },
  );
});
