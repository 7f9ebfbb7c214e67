import { describe, expect, it } from 'vitest';
import { SimulatedSqs } from '#simulator/sqs/simulated-sqs.ts';
import { VirtualClock } from '#simulator/virtual-clock.ts';
import { handleOf, setUp } from './queue.ts';

describe('SimulatedSqs', () => {
  it('takes the good entries of a batch and says what is wrong with the others', async () => {
    const { sqs, queueUrl, bodies } = setUp();
    const entry = { MessageBody: 'hello', MessageGroupId: 'g' };

    const output = await sqs.sendMessageBatch({
      QueueUrl: queueUrl,
      Entries: [
        { ...entry, Id: 'good', MessageDeduplicationId: 'd' },
        { ...entry, Id: 'no-deduplication' },
        { ...entry, Id: 'delayed', MessageDeduplicationId: 'e', DelaySeconds: 1 },
      ],
    });

    expect(output.Successful).toEqual([
      {
        Id: 'good',
        MessageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        MD5OfMessageBody: '5d41402abc4b2a76b9719d911017c592',
        SequenceNumber: '00000000000000000001',
      },
    ]);
    expect(output.Failed).toMatchObject([
      { Id: 'no-deduplication', SenderFault: true, Code: 'InvalidParameterValue' },
      { Id: 'delayed', SenderFault: true, Code: 'InvalidParameterValue' },
    ]);
    expect(bodies()).toEqual(['hello']);
  });

  it('refuses a batch of more than ten whole', async () => {
    const { sqs, queueUrl } = setUp();
    const entries = Array.from({ length: 11 }, (_, index) => ({
      Id: `${index}`,
      MessageBody: 'x',
    }));

    const call = sqs.sendMessageBatch({ QueueUrl: queueUrl, Entries: entries });

    await expect(call).rejects.toMatchObject({ name: 'TooManyEntriesInBatchRequest' });
  });

  it('refuses dead letters of the other type, an unknown queue and too large a receive', async () => {
    const { sqs, queueUrl } = setUp();

    expect(() =>
      sqs.createQueue({ name: 'q', deadLetters: { queueUrl, maximumReceives: 5 } }),
    ).toThrow('same type');
    await expect(sqs.sendMessageBatch({ QueueUrl: 'nowhere', Entries: [] })).rejects.toMatchObject({
      name: 'QueueDoesNotExist',
    });
    expect(() => sqs.receive(queueUrl, 11)).toThrow('MaxNumberOfMessages');
  });

  it('refuses to delete from a FIFO queue by a handle whose visibility timeout has passed', async () => {
    const { clock, send, receive, bodies, done } = setUp();
    await send('a');
    const handle = handleOf(receive());
    await clock.advanceBy(30_000);

    expect(done([handle])).toEqual([handle]);
    expect(bodies()).toEqual(['a']);
  });

  it('derives the deduplication id from the body when asked to', async () => {
    const { sqs, queueUrl, bodies } = setUp({ name: 'q.fifo', hasContentDeduplication: true });
    const send = (body: string) =>
      sqs.sendMessageBatch({
        QueueUrl: queueUrl,
        Entries: [{ Id: '1', MessageBody: body, MessageGroupId: 'g' }],
      });

    for (const body of ['a', 'a', 'b']) await send(body);

    expect(bodies()).toEqual(['a', 'b']);
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

  it('refuses to change the visibility of a message that is not in flight', async () => {
    const { clock, sqs, queueUrl, send, receive, bodies } = setUp();
    await send('a');
    const handle = handleOf(receive());
    sqs.changeVisibility(queueUrl, handle, 100);
    await clock.advanceBy(99_999);
    expect(bodies()).toEqual([]);

    await clock.advanceBy(1);

    expect(() => sqs.changeVisibility(queueUrl, handle, 5)).toThrow('not available');
  });

  it('counts sends, deletes, and receives that bring something', async () => {
    const { sqs, queueUrl, send, receive, done } = setUp();
    receive();
    await send('a');
    const handle = handleOf(receive());
    done([handle]);
    receive();

    expect(sqs.requestsTo(queueUrl)).toBe(3);
  });

  it('gives more than ten at once when the limit is lifted', async () => {
    const sqs = new SimulatedSqs({
      clock: new VirtualClock(new Date('2026-01-01T00:00:00.000Z')),
      maximumReceive: 100,
    });
    const queueUrl = sqs.createQueue({ name: 'q' });
    for (const batch of [0, 1]) {
      const entries = Array.from({ length: 10 }, (_, index) => ({
        Id: `${index}`,
        MessageBody: `${batch}${index}`,
      }));
      await sqs.sendMessageBatch({ QueueUrl: queueUrl, Entries: entries });
    }

    expect(sqs.receive(queueUrl, 100)).toHaveLength(20);
  });
});
