import { describe, expect, it } from 'vitest';
import { handleOf, setUp } from './queue.ts';

describe('A queue in memory', () => {
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
    const { clock, queue, send, receive, bodies } = setUp();
    await send('a');
    const handle = handleOf(receive());

    queue.changeVisibility(handle, 100);
    await clock.advanceBy(99_999);
    expect(bodies()).toEqual([]);

    queue.changeVisibility(handle, 200);
    await clock.advanceBy(199_999);
    expect(bodies()).toEqual([]);

    await clock.advanceBy(1);
    expect(bodies()).toEqual(['a']);
    expect(queue.changeVisibility(handle, 5)).toBe('stale');
  });

  it('moves a message received too often to the dead letters', async () => {
    const { clock, queues } = setUp();
    const deadLetterUrl = queues.createQueue({ name: 'dead.fifo' });
    const queueUrl = queues.createQueue({
      name: 'source.fifo',
      deadLetters: { queueUrl: deadLetterUrl, maximumReceives: 2 },
    });
    const entry = { MessageGroupId: 'g', MessageDeduplicationId: 'd' };
    await queues.sendMessageBatch({
      QueueUrl: queueUrl,
      Entries: [{ Id: '1', MessageBody: 'poison', ...entry }],
    });
    for (const _ of [1, 2]) {
      expect(queues.queue(queueUrl).receive(1)).toHaveLength(1);
      await clock.advanceBy(30_000);
    }

    expect(queues.queue(queueUrl).receive(1)).toEqual([]);

    expect(queues.messagesIn(queueUrl)).toEqual([]);
    expect(queues.queue(deadLetterUrl).receive(1)).toMatchObject([
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

  it('moves a message that is given up to the dead letters, by its last handle alone', async () => {
    const { clock, queues } = setUp();
    const deadLetterUrl = queues.createQueue({ name: 'dead' });
    const queueUrl = queues.createQueue({
      name: 'source',
      deadLetters: { queueUrl: deadLetterUrl, maximumReceives: 5 },
    });
    const queue = queues.queue(queueUrl);
    queues.send(queueUrl, { Id: '1', MessageBody: 'poison' });
    const old = handleOf(queue.receive(1));
    await clock.advanceBy(30_000);
    const last = handleOf(queue.receive(1));

    queue.giveUp(old);
    expect(queues.messagesIn(deadLetterUrl)).toEqual([]);

    queue.giveUp(last);
    expect(queue.messages).toEqual([]);
    expect(queues.messagesIn(deadLetterUrl)).toMatchObject([{ body: 'poison', receiveCount: 0 }]);
  });

  it('gives as many messages at once as are asked for', async () => {
    const { queues, queueUrl, queue } = setUp({ name: 'q' });
    const entries = Array.from({ length: 120 }, (_, index) => ({
      Id: `${index}`,
      MessageBody: `${index}`,
    }));
    await queues.sendMessageBatch({ QueueUrl: queueUrl, Entries: entries });

    expect(queue.receive(100)).toHaveLength(100);
    expect(queue.receive(100)).toHaveLength(20);
  });

  it('gives one message for each copy that arrives, each after its delay', async () => {
    const { clock, queues, queueUrl, bodies } = setUp({ name: 'q' });
    const extraDelaysMs = { twice: [0, 5_000], never: [], late: [1_000] };
    for (const [body, delays] of Object.entries(extraDelaysMs))
      queues.send(queueUrl, { Id: '1', MessageBody: body }, delays);

    expect(bodies()).toEqual(['twice']);
    await clock.advanceBy(5_000);
    expect(bodies()).toEqual(['twice', 'late']);
  });

  it('passes on the trace header of the sender', () => {
    const { queues, queueUrl, receive } = setUp({ name: 'q' });
    queues.send(queueUrl, {
      ...{ Id: '1', MessageBody: 'a' },
      MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: 'Root=1' } },
    });

    expect(receive()).toMatchObject([{ attributes: { AWSTraceHeader: 'Root=1' } }]);
  });

  it('says that there is no queue of an unknown URL', async () => {
    const { queues } = setUp();

    await expect(
      queues.sendMessageBatch({ QueueUrl: 'nowhere', Entries: [{ Id: '1', MessageBody: 'a' }] }),
    ).rejects.toThrow('no queue nowhere');
  });

  it('tells listeners of sends, deletes and changed visibility', async () => {
    const { queue, send, receive, done } = setUp();
    let calls = 0;
    const unsubscribe = queue.onMessage(() => {
      calls += 1;
    });

    await send('a');
    const handle = handleOf(receive());
    queue.changeVisibility(handle, 60);
    done([handle]);
    unsubscribe();
    await send('b');

    expect(calls).toBe(3);
  });
});
