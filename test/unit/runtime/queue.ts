import { type InMemoryQueueOptions, InMemoryQueues } from '#runtime/in-memory-queues.ts';
import { VirtualClock } from '#simulator/virtual-clock.ts';

/** One queue and short words for what is done with it. */
export const setUp = (options: InMemoryQueueOptions = { name: 'work.fifo' }) => {
  const clock = new VirtualClock(new Date('2026-01-01T00:00:00.000Z'));
  const queues = new InMemoryQueues(clock);
  const queueUrl = queues.createQueue(options);
  const queue = queues.queue(queueUrl);
  const isFifo = options.name.endsWith('.fifo');
  const send = (body: string, group = 'g', deduplicationId = body) =>
    queues.sendMessageBatch({
      QueueUrl: queueUrl,
      Entries: [
        {
          Id: '1',
          MessageBody: body,
          ...(isFifo && { MessageGroupId: group, MessageDeduplicationId: deduplicationId }),
        },
      ],
    });
  const receive = (maximum = 10) => queue.receive(maximum);
  const bodies = (maximum = 10) => receive(maximum).map(({ body }) => body);
  const done = (handles: readonly string[]) => queue.delete(handles);
  return { clock, queues, queueUrl, queue, send, receive, bodies, done };
};

export const handleOf = (records: readonly { readonly receiptHandle: string }[]): string =>
  records[0]?.receiptHandle ?? '';
