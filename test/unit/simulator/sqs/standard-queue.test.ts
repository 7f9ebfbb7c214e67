import { describe, expect, it } from 'vitest';
import { handleOf, setUp } from './queue.ts';

describe('a standard queue', () => {
  it('delays a message by its own DelaySeconds', async () => {
    const { clock, sqs, queueUrl, bodies } = setUp({ name: 'delay' });
    await sqs.sendMessageBatch({
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

    expect(done([handle])).toEqual([]);
    expect(bodies()).toEqual([]);
  });

  it('deletes nothing by a handle older than the last', async () => {
    const { clock, send, receive, bodies, done } = setUp({ name: 'q' });
    await send('a');
    const old = handleOf(receive());
    await clock.advanceBy(30_000);
    receive();

    expect(done([old])).toEqual([]);
    await clock.advanceBy(30_000);
    expect(bodies()).toEqual(['a']);
  });

  it('loses, doubles and reorders messages as its disturbance says', async () => {
    const deliveries = [[0, 5_000], [], [1_000], [0]];
    const disturbance = () => deliveries.shift() ?? [0];
    const { clock, send, bodies } = setUp({ name: 'q', disturbance });
    for (const body of ['twice', 'never', 'late', 'normal']) await send(body);

    const atOnce = bodies();
    await clock.advanceBy(5_000);

    expect(atOnce).toEqual(['twice', 'normal']);
    expect(bodies()).toEqual(['twice', 'late']);
  });
});
