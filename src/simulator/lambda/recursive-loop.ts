import type { SQSRecord } from 'aws-lambda';
import type { PolledQueue } from '#runtime/poller.ts';
import type { SimulatedSqs } from '#simulator/sqs/simulated-sqs.ts';
import { LONGEST_LINEAGE, lineageOf } from './lineage.ts';

const isTooLong = (record: SQSRecord): boolean => lineageOf(record) >= LONGEST_LINEAGE;

/** A queue of SQS as a function that may call itself polls it. */
export const polled = (sqs: SimulatedSqs, queueUrl: string): PolledQueue => ({
  receive: (maximum) => sqs.receive(queueUrl, maximum),
  delete: (receiptHandles) => sqs.deleteMessages(queueUrl, receiptHandles),
  nextVisibleAt: () => sqs.nextVisibleAt(queueUrl),
  onMessage: (listener) => sqs.onMessage(queueUrl, listener),
});

/** The same for one that may not: what would make a chain too long goes to the dead letters instead. */
export const polledWithoutLoops = (sqs: SimulatedSqs, queueUrl: string): PolledQueue => ({
  ...polled(sqs, queueUrl),
  receive(maximum) {
    const records = sqs.receive(queueUrl, maximum);
    const ended = records.filter(isTooLong).map(({ receiptHandle }) => receiptHandle);
    // Where none is left the poller receives again: the queue tells of what is given up, as of any change.
    if (ended.length > 0) sqs.giveUp(queueUrl, ended);
    return records.filter((record) => !isTooLong(record));
  },
});
