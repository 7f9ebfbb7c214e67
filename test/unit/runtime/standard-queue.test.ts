import { describe, expect, it } from 'vitest';
import { handleOf, setUp } from './queue.ts';

describe('a standard queue', () => {
  it('delays a message by its own DelaySeconds', async () => {
    const { clock, queues, queueUrl, bodies } = setUp({ name: 'delay' });
    await queues.sendMessageBatch({
      QueueUrl: queueUrl,
      Entries: [
        { Id: '1', MessageBody: 'late', DelaySeconds: 900 },
        { Id: '2', MessageBody: 'now' },
      ],
    });

    expect(bodies()).toEqual(['now']);
    await clock.advanceBy(900_000);
    expect(bodies()).toContain('late');
  });

  it('still deletes by the last handle of a message that is visible again', async () => {
    const { clock, send, receive, bodies, done } = setUp({ name: 'q' });
    await send('a');
    const handle = handleOf(receive());
    await clock.advanceBy(30_000);

    expect(done([handle])).toEqual(['current']);
    expect(bodies()).toEqual([]);
  });

  it('deletes nothing by a handle older than the last', async () => {
    const { clock, send, receive, bodies, done } = setUp({ name: 'q' });
    await send('a');
    const old = handleOf(receive());
    await clock.advanceBy(30_000);
    receive();

    expect(done([old])).toEqual(['stale']);
    await clock.advanceBy(30_000);
    expect(bodies()).toEqual(['a']);
  });
});
