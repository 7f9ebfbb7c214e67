import { type QueueOptions, SimulatedSqs } from '#simulator/sqs/simulated-sqs.ts';
import { VirtualClock } from '#simulator/virtual-clock.ts';

/** One queue and short words for what is done with it. */
export const setUp = (options: QueueOptions = { name: 'work.fifo' }) => {
  const clock = new VirtualClock(new Date('2026-01-01T00:00:00.000Z'));
  const sqs = new SimulatedSqs({ clock });
  const queueUrl = sqs.createQueue(options);
  const isFifo = options.name.endsWith('.fifo');
  const send = (body: string, group = 'g', deduplicationId = body) =>
    sqs.sendMessageBatch({
      QueueUrl: queueUrl,
      Entries: [
        {
          Id: '1',
          MessageBody: body,
          ...(isFifo && { MessageGroupId: group, MessageDeduplicationId: deduplicationId }),
        },
      ],
    });
  const receive = (maximum = 10) => sqs.receive(queueUrl, maximum);
  const bodies = (maximum = 10) => receive(maximum).map(({ body }) => body);
  const done = (handles: readonly string[]) => sqs.deleteMessages(queueUrl, handles);
  return { clock, sqs, queueUrl, send, receive, bodies, done };
};

export const handleOf = (records: readonly { readonly receiptHandle: string }[]): string =>
  records[0]?.receiptHandle ?? '';
