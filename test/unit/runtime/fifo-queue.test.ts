import { describe, expect, it } from 'vitest';
import { handleOf, setUp } from './queue.ts';

describe('a FIFO queue', () => {
  it('merges sends of one deduplication id for five minutes, deleted or not', async () => {
    const { clock, send, receive, bodies, done } = setUp();
    const first = await send('a', 'g', 'same');
    done([handleOf(receive())]);
    await clock.advanceBy(299_999);

    const second = await send('b', 'g', 'same');
    expect(second.Successful?.[0]?.MessageId).toBe(first.Successful?.[0]?.MessageId);
    expect(bodies()).toEqual([]);

    await clock.advanceBy(1);
    await send('c', 'g', 'same');
    expect(bodies()).toEqual(['c']);
  });

  it('counts the delay of the queue from the first send', async () => {
    const { clock, send, bodies } = setUp({ name: 'q.fifo', delaySeconds: 2 });
    await send('a', 'g', 'same');
    await clock.advanceBy(1_500);
    await send('a', 'g', 'same');

    expect(bodies()).toEqual([]);
    await clock.advanceBy(500);
    expect(bodies()).toEqual(['a']);
  });

  it('keeps the order within a group and blocks it while a message is in flight', async () => {
    const { send, receive, bodies, done } = setUp();
    for (const body of ['a1', 'a2']) await send(body, 'a');
    await send('b1', 'b');
    const first = receive(1);

    expect(first.map(({ body }) => body)).toEqual(['a1']);
    expect(bodies()).toEqual(['b1']);

    done([handleOf(first)]);
    expect(bodies()).toEqual(['a2']);
  });

  it('gives several messages of one group in one receive', async () => {
    const { send, bodies } = setUp();
    for (const body of ['a1', 'a2', 'a3']) await send(body, 'a');

    expect(bodies(2)).toEqual(['a1', 'a2']);
    expect(bodies(2)).toEqual([]);
  });

  it('blocks the group of a delayed message too', async () => {
    const { clock, send, bodies } = setUp({ name: 'q.fifo', delaySeconds: 5 });
    await send('a1', 'a');
    await clock.advanceBy(4_000);
    await send('a2', 'a');
    await clock.advanceBy(1_000);

    expect(bodies()).toEqual(['a1']);
  });

  it('deletes nothing by a handle whose visibility timeout has passed', async () => {
    const { clock, send, receive, bodies, done } = setUp();
    await send('a');
    const handle = handleOf(receive());
    await clock.advanceBy(30_000);

    expect(done([handle])).toEqual(['stale']);
    expect(bodies()).toEqual(['a']);
  });

  it('takes a second delete as done', async () => {
    const { send, receive, done } = setUp();
    await send('a');
    const handle = handleOf(receive());
    done([handle]);

    expect(done([handle])).toEqual(['gone']);
  });

  it('says when the next message can be received, heads of groups alone', async () => {
    const { clock, queue, send, receive } = setUp({ name: 'q.fifo', delaySeconds: 2 });
    const nextInMs = () => {
      const next = queue.nextVisibleAt();
      return next && next.getTime() - clock.now().getTime();
    };
    expect(nextInMs()).toBeUndefined();

    await send('a1', 'a');
    expect(nextInMs()).toBe(2_000);

    await clock.advanceBy(2_000);
    receive();
    await send('a2', 'a');
    expect(nextInMs()).toBe(30_000);
  });
});
