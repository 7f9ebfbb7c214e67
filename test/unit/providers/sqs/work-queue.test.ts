import { describe, expect, it } from 'vitest';
import { decodeDelayedReconcile } from '#core/events/work-message.ts';
import { instanceKey, nodeEniKey } from '#core/ports/work-queue.ts';
import { createSqsWorkQueue, type Waits } from '#providers/sqs/work-queue.ts';
import { SimulatedSqs } from '#simulator/sqs/simulated-sqs.ts';
import { VirtualClock } from '#simulator/virtual-clock.ts';

const KEY = instanceKey('i-0abcdef1234567890');
const NODE_ENI = nodeEniKey('data');

const setUp = (waits?: Waits) => {
  const clock = new VirtualClock(new Date('2026-11-21T12:00:00.000Z'));
  const sqs = new SimulatedSqs({ clock });
  const work = sqs.createQueue({ name: 'work.fifo' });
  const rollUp = sqs.createQueue({ name: 'roll-up.fifo' });
  const delay = sqs.createQueue({ name: 'delay' });
  const newQueue = () =>
    createSqsWorkQueue({
      ...{ sqs, clock, work: { url: work }, rollUp: { url: rollUp }, delay: { url: delay } },
      ...(waits && { waits }),
    });
  const queue = newQueue();
  const bodies = (url: string) => sqs.messagesIn(url).map(({ body }) => body);
  /** Forwards what has become due, as the requeue function does. */
  const forwardDue = async () => {
    for (const { body, receiptHandle } of sqs.receive(delay, 10)) {
      const reconcile = decodeDelayedReconcile(body);
      if (reconcile !== undefined) await queue.forward([reconcile]);
      sqs.deleteMessages(delay, [receiptHandle]);
    }
  };
  return { clock, sqs, queue, newQueue, work, rollUp, delay, bodies, forwardDue };
};

describe('A hint of what has happened at an instance', () => {
  it('can be received at once', async () => {
    const { sqs, queue, work } = setUp();

    await queue.hint([KEY, KEY]);

    expect(sqs.receive(work, 10)).toHaveLength(1);
  });

  it('is not swallowed when it comes right after an equal one was taken', async () => {
    const { sqs, queue, work } = setUp();
    await queue.hint([KEY]);
    const [taken] = sqs.receive(work, 10);
    await queue.hint([KEY]);

    sqs.deleteMessages(work, [taken?.receiptHandle ?? '']);

    expect(sqs.receive(work, 10)).toHaveLength(1);
  });

  it('is worked on with all others that came while one was worked on', async () => {
    const { sqs, queue, work } = setUp();
    await queue.hint([KEY]);
    const [taken] = sqs.receive(work, 10);
    for (let count = 0; count < 5; count += 1) await queue.hint([KEY]);

    expect(sqs.receive(work, 10)).toHaveLength(0);
    sqs.deleteMessages(work, [taken?.receiptHandle ?? '']);

    expect(sqs.receive(work, 10)).toHaveLength(5);
  });

  it('goes to the queue of its kind, more than ten at a time too', async () => {
    const { queue, work, delay, bodies } = setUp();
    const instances = Array.from({ length: 25 }, (_, index) => instanceKey(`i-${index + 10}`));

    await queue.hint([...instances, NODE_ENI]);

    expect(bodies(work)).toHaveLength(25);
    expect(bodies(delay).map((body) => decodeDelayedReconcile(body)?.key)).toEqual([NODE_ENI]);
  });

  it('to many is sent in five batches at once, and in no more', async () => {
    const { sqs, queue, work, bodies } = setUp();
    const send = sqs.sendMessageBatch.bind(sqs);
    let underWay = 0;
    const seen: number[] = [];
    sqs.sendMessageBatch = async (input) => {
      underWay += 1;
      seen.push(underWay);
      await Promise.resolve();
      underWay -= 1;
      return send(input);
    };

    await queue.hint(Array.from({ length: 73 }, (_, index) => instanceKey(`i-${index + 10}`)));

    expect(bodies(work)).toHaveLength(73);
    expect(seen).toEqual([1, 2, 3, 4, 5, 1, 2, 3]);
  });

  it('is an error when the queue refuses one', async () => {
    const { sqs, queue } = setUp();
    sqs.sendMessageBatch = async () => ({
      Failed: [{ Id: '0', Code: 'InternalError', SenderFault: false }],
      Successful: [],
      $metadata: {},
    });

    await expect(queue.hint([KEY])).rejects.toMatchObject({ code: 'InternalError' });
  });
});

describe('Hints of one NodeENI', () => {
  it('are one roll-up in each window of five seconds, whoever sends them', async () => {
    const { clock, queue, newQueue, rollUp, bodies, forwardDue } = setUp();

    for (let count = 0; count < 20; count += 1) {
      await (count % 2 === 0 ? queue : newQueue()).hint([NODE_ENI]);
      await clock.advanceBy(200);
    }
    await clock.advanceBy(2_000);
    await forwardDue();

    expect(bodies(rollUp)).toEqual([JSON.stringify(NODE_ENI)]);
  });

  it('are one message where one process sends them', async () => {
    const { queue, delay, bodies } = setUp();

    await Promise.all(Array.from({ length: 50 }, () => queue.hint([NODE_ENI])));

    expect(bodies(delay)).toHaveLength(1);
  });

  it('are sent again when the first of them could not be', async () => {
    const { sqs, queue, delay, bodies } = setUp();
    const send = sqs.sendMessageBatch.bind(sqs);
    sqs.sendMessageBatch = async () => Promise.reject(new Error('no answer'));
    await expect(queue.hint([NODE_ENI])).rejects.toThrow('no answer');
    sqs.sendMessageBatch = send;

    await queue.hint([NODE_ENI]);

    expect(bodies(delay)).toHaveLength(1);
  });

  it('ask for no window that a clock a second ahead has seen the end of', async () => {
    const { clock, queue, delay, bodies } = setUp();
    await clock.advanceBy(4_500);

    await queue.hint([NODE_ENI]);

    expect((decodeDelayedReconcile(bodies(delay)[0] ?? '')?.due ?? 0) % 60).toBe(10);
  });
});

describe('What is about to be stored', () => {
  it.each([0, 1, 300, 999])(
    'is looked at two seconds later, when asked for %i ms after a second',
    async (offset) => {
      const { clock, sqs, queue, delay } = setUp();
      await clock.advanceBy(offset);

      await queue.announce([KEY]);
      await clock.advanceBy(1_999);
      const early = sqs.receive(delay, 10);
      await clock.advanceBy(1_002);

      expect(early).toHaveLength(0);
      expect(sqs.receive(delay, 10)).toHaveLength(1);
    },
  );

  it('merges with what came in the same second, and is seen after the last of it', async () => {
    const { clock, newQueue, work, bodies, forwardDue } = setUp();
    for (let count = 0; count < 10; count += 1) {
      await clock.advanceBy(100);
      await newQueue().announce([KEY]);
    }
    await clock.advanceBy(1_900);

    await forwardDue();
    expect(bodies(work)).toHaveLength(0);
    await clock.advanceBy(100);
    await forwardDue();

    expect(bodies(work)).toHaveLength(1);
  });

  it('of a NodeENI waits for the end of the window after that', async () => {
    const { clock, queue, rollUp, bodies, forwardDue } = setUp();
    await clock.advanceBy(3_500);
    await queue.announce([NODE_ENI]);

    await clock.advanceBy(2_000);
    await forwardDue();
    expect(bodies(rollUp)).toHaveLength(0);
    await clock.advanceBy(5_000);
    await forwardDue();

    expect(bodies(rollUp)).toHaveLength(1);
  });
});

describe('A reconcile that is due later', () => {
  const dueTimes = (bodies: readonly string[]) =>
    bodies.map((body) => (decodeDelayedReconcile(body)?.due ?? 0) % 60);

  it('is due on a grid of 5 seconds, not before it was asked for', async () => {
    const { clock, newQueue, delay, bodies } = setUp();

    for (const seconds of [1, 5, 6]) await newQueue().requeueAfter(KEY, seconds);
    await clock.advanceBy(4_000);
    await newQueue().requeueAfter(KEY, 1);

    expect(dueTimes(bodies(delay))).toEqual([5, 5, 10, 5]);
  });

  it('is one reconcile when several of one due time are forwarded', async () => {
    const { clock, queue, newQueue, delay, work, bodies } = setUp();
    await queue.requeueAfter(KEY, 10);
    await clock.advanceBy(3_000);
    await newQueue().requeueAfter(KEY, 5);

    for (const body of bodies(delay)) {
      const reconcile = decodeDelayedReconcile(body);
      if (reconcile !== undefined) await queue.forward([reconcile]);
    }

    expect(bodies(delay)).toHaveLength(2);
    expect(bodies(work)).toHaveLength(1);
  });

  it('is asked for again within the 15 minutes that SQS can wait', async () => {
    const { clock, sqs, queue, delay } = setUp();

    await queue.requeueAfter(KEY, 86_400);

    const [message] = sqs.messagesIn(delay);
    const seconds = ((message?.visibleAtMs ?? 0) - clock.now().getTime()) / 1000;
    expect(seconds).toBeGreaterThan(870);
    expect(seconds).toBeLessThanOrEqual(900);
  });

  it('waits no longer than its window where delays need not be whole seconds', async () => {
    const { clock, sqs, queue, delay } = setUp({ announced: 0, rollUp: 0.25, step: 0.125 });

    await queue.hint([NODE_ENI]);
    await clock.advanceBy(250);

    expect(sqs.receive(delay, 10)).toHaveLength(1);
  });
});
