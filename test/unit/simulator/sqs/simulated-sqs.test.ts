import { describe, expect, it } from 'vitest';
import { SimulatedSqs } from '#simulator/sqs/simulated-sqs.ts';
import { VirtualClock } from '#simulator/virtual-clock.ts';
import { handleOf, setUp } from './queue.ts';

describe('SimulatedSqs', () => {
  it('gives records in the shape that Lambda passes on', async () => {
    const { clock, send, receive } = setUp();
    const sent = await send('hello', 'i/i-1', 'i-1@7');
    await clock.advanceBy(1_500);

    const [record] = receive();

    expect(record).toEqual({
      messageId: sent.Successful?.[0]?.MessageId,
      receiptHandle: expect.any(String),
      body: 'hello',
      attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: '1767225600000',
        ApproximateFirstReceiveTimestamp: '1767225601500',
        SenderId: '123456789012',
        SequenceNumber: '00000000000000000001',
        MessageGroupId: 'i/i-1',
        MessageDeduplicationId: 'i-1@7',
      },
      messageAttributes: {},
      md5OfBody: '5d41402abc4b2a76b9719d911017c592',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-1:123456789012:work.fifo',
      awsRegion: 'us-east-1',
    });
  });

  it('keeps a message in flight for the visibility timeout and then gives it again', async () => {
    const { clock, send, receive, bodies } = setUp({
      name: 'q.fifo',
      visibilityTimeoutSeconds: 60,
    });
    await send('a');
    receive();

    await clock.advanceBy(59_999);
    expect(bodies()).toEqual([]);

    await clock.advanceBy(1);
    expect(receive()).toMatchObject([{ body: 'a', attributes: { ApproximateReceiveCount: '2' } }]);
  });

  it('changes the visibility of a message that is in flight, and of no other', async () => {
    const { clock, sqs, queueUrl, send, receive, bodies } = setUp();
    await send('a');
    const handle = handleOf(receive());

    sqs.changeVisibility(queueUrl, handle, 100);
    await clock.advanceBy(99_999);
    expect(bodies()).toEqual([]);

    sqs.changeVisibility(queueUrl, handle, 200);
    await clock.advanceBy(199_999);
    expect(bodies()).toEqual([]);

    await clock.advanceBy(1);
    expect(bodies()).toEqual(['a']);
    expect(() => sqs.changeVisibility(queueUrl, handle, 5)).toThrow('not available');
  });

  it('moves a message received too often to the dead letters', async () => {
    const { clock, sqs } = setUp();
    const deadLetterUrl = sqs.createQueue({ name: 'dead.fifo' });
    const queueUrl = sqs.createQueue({
      name: 'source.fifo',
      deadLetters: { queueUrl: deadLetterUrl, maximumReceives: 2 },
    });
    const entry = { MessageGroupId: 'g', MessageDeduplicationId: 'd' };
    await sqs.sendMessageBatch({
      QueueUrl: queueUrl,
      Entries: [{ Id: '1', MessageBody: 'poison', ...entry }],
    });
    for (const _ of [1, 2]) {
      expect(sqs.receive(queueUrl, 1)).toHaveLength(1);
      await clock.advanceBy(30_000);
    }

    expect(sqs.receive(queueUrl, 1)).toEqual([]);

    expect(sqs.messagesIn(queueUrl)).toEqual([]);
    expect(sqs.receive(deadLetterUrl, 1)).toMatchObject([
      {
        body: 'poison',
        attributes: {
          MessageGroupId: 'g',
          ApproximateReceiveCount: '1',
          DeadLetterQueueSourceArn: 'arn:aws:sqs:us-east-1:123456789012:source.fifo',
        },
      },
    ]);
  });

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

  it('tells listeners of sends, deletes and changed visibility', async () => {
    const { sqs, queueUrl, send, receive, done } = setUp();
    let calls = 0;
    const unsubscribe = sqs.onMessage(queueUrl, () => {
      calls += 1;
    });

    await send('a');
    const handle = handleOf(receive());
    sqs.changeVisibility(queueUrl, handle, 60);
    done([handle]);
    unsubscribe();
    await send('b');

    expect(calls).toBe(3);
  });
});
