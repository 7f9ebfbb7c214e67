import type { SQSRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { doneRecords } from '#runtime/batch-outcome.ts';

const record = (messageId: string): SQSRecord => ({
  messageId,
  receiptHandle: messageId,
  body: '',
  attributes: {
    ApproximateReceiveCount: '1',
    SentTimestamp: '0',
    SenderId: '1',
    ApproximateFirstReceiveTimestamp: '0',
  },
  messageAttributes: {},
  md5OfBody: '',
  eventSource: 'aws:sqs',
  eventSourceARN: 'arn',
  awsRegion: 'us-east-1',
});

const failing = (...ids: readonly unknown[]) => ({
  batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })),
});

describe('doneRecords', () => {
  it.each([
    ['nothing', undefined, ['a', 'b']],
    ['null', null, ['a', 'b']],
    ['an empty answer', {}, ['a', 'b']],
    ['no failures', failing(), ['a', 'b']],
    ['null failures', { batchItemFailures: null }, ['a', 'b']],
    ['one failure', failing('a'), ['b']],
    ['all failures', failing('a', 'b'), []],
    ['an unknown id', failing('a', 'z'), []],
    ['an empty id', failing(''), []],
    ['a missing id', { batchItemFailures: [{}] }, []],
    ['a failure that is null', { batchItemFailures: [null] }, []],
    ['a text', 'ok', []],
    ['failures that are no list', { batchItemFailures: 'a' }, []],
  ])('reads %s', (_what, response, ids) => {
    const done = doneRecords([record('a'), record('b')], response);

    expect(done.map(({ messageId }) => messageId)).toEqual(ids);
  });
});
