import { describe, expect, it } from 'vitest';
import { decodeDelayedReconcile } from '#core/events/work-message.ts';
import { instanceKey, nodeEniKey } from '#core/ports/work-queue.ts';
import { createSqsWorkQueue } from '#providers/sqs/work-queue.ts';
import { SimulatedSqs } from '#simulator/sqs/simulated-sqs.ts';
import { VirtualClock } from '#simulator/virtual-clock.ts';

const KEY = instanceKey('i-0abcdef1234567890');

const setUp = () => {
  const clock = new VirtualClock(new Date('2026-11-21T12:00:00.000Z'));
  const sqs = new SimulatedSqs({ clock });
  const work = sqs.createQueue({ name: 'work.fifo', delaySeconds: 2 });
  const rollUp = sqs.createQueue({ name: 'roll-up.fifo', delaySeconds: 5 });
  const delay = sqs.createQueue({ name: 'delay' });
  const queue = createSqsWorkQueue({
    sqs,
    clock,
    work: { url: work, delaySeconds: 2 },
    rollUp: { url: rollUp, delaySeconds: 5 },
    delay: { url: delay },
  });
  const bodies = (url: string) => sqs.messagesIn(url).map(({ body }) => body);
  return { clock, sqs, queue, work, rollUp, delay, bodies };
};

describe('A hint', () => {
  it('merges with the others of its window, and not with those of the next', async () => {
    const { clock, queue, work, bodies } = setUp();

    for (let count = 0; count < 100; count += 1) await queue.hint([KEY, KEY]);
    expect(bodies(work)).toHaveLength(1);
    await clock.advanceBy(2_000);
    await queue.hint([KEY]);

    expect(bodies(work)).toHaveLength(2);
  });

  it('goes to the queue of its kind, more than ten at a time too', async () => {
    const { queue, work, rollUp, bodies } = setUp();
    const instances = Array.from({ length: 25 }, (_, index) => instanceKey(`i-${index + 10}`));

    await queue.hint([...instances, nodeEniKey('data')]);

    expect(bodies(work)).toHaveLength(25);
    expect(bodies(rollUp)).toEqual([JSON.stringify(nodeEniKey('data'))]);
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

describe('A reconcile that is due later', () => {
  const dueTimes = (bodies: readonly string[]) =>
    bodies.map((body) => (decodeDelayedReconcile(body)?.due ?? 0) % 60);

  it('is due on a grid of 5 seconds, not before it was asked for', async () => {
    const { clock, queue, delay, bodies } = setUp();

    for (const seconds of [1, 5, 6]) await queue.requeueAfter(KEY, seconds);
    await clock.advanceBy(4_000);
    await queue.requeueAfter(KEY, 1);

    expect(dueTimes(bodies(delay))).toEqual([5, 5, 10, 5]);
  });

  it('is one reconcile when several of one due time are forwarded', async () => {
    const { clock, queue, delay, work, bodies } = setUp();
    await queue.requeueAfter(KEY, 10);
    await clock.advanceBy(3_000);
    await queue.requeueAfter(KEY, 5);

    for (const body of bodies(delay)) {
      const reconcile = decodeDelayedReconcile(body);
      if (reconcile !== undefined) await queue.forward([reconcile]);
    }

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
});
