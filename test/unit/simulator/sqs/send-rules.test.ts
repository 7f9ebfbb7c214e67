import { describe, expect, it } from 'vitest';
import { batchRefusal, entryRefusal } from '#simulator/sqs/send-rules.ts';

const entries = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ Id: `${index}`, MessageBody: 'x' }));

describe('batchRefusal', () => {
  it.each([
    ['EmptyBatchRequest', []],
    ['TooManyEntriesInBatchRequest', entries(11)],
    ['InvalidBatchEntryId', [{ Id: 'a b', MessageBody: 'x' }]],
    ['BatchEntryIdsNotDistinct', [...entries(1), ...entries(1)]],
    ['BatchRequestTooLong', [{ Id: '1', MessageBody: 'x'.repeat(1_048_577) }]],
  ])('refuses by %s', (code, batch) => {
    expect(batchRefusal(batch)?.code).toBe(code);
  });

  it('takes ten entries, and a mebibyte', () => {
    expect(batchRefusal(entries(10))).toBeUndefined();
    expect(batchRefusal([{ Id: '1', MessageBody: 'x'.repeat(1_048_576) }])).toBeUndefined();
  });
});

describe('entryRefusal', () => {
  const fifo = { isFifo: true, hasContentDeduplication: false };
  const standard = { isFifo: false, hasContentDeduplication: false };
  const fifoEntry = { Id: '1', MessageBody: 'x', MessageGroupId: 'g', MessageDeduplicationId: 'd' };
  const plain = { Id: '1', MessageBody: 'x' };

  it.each([
    ['InvalidParameterValue', { ...fifoEntry, DelaySeconds: 5 }, fifo],
    ['MissingParameter', { ...fifoEntry, MessageGroupId: '' }, fifo],
    ['InvalidParameterValue', { ...fifoEntry, MessageGroupId: 'g'.repeat(129) }, fifo],
    ['InvalidParameterValue', { ...fifoEntry, MessageDeduplicationId: 'd'.repeat(129) }, fifo],
    ['InvalidParameterValue', { ...plain, MessageGroupId: 'g' }, fifo],
    ['MissingParameter', { ...plain, MessageBody: '' }, standard],
    ['InvalidParameterValue', { ...plain, DelaySeconds: 901 }, standard],
    ['InvalidParameterValue', { ...plain, DelaySeconds: -1 }, standard],
  ])('refuses by %s: %o', (code, entry, queue) => {
    expect(entryRefusal(entry, queue)?.code).toBe(code);
  });

  it.each([
    [fifoEntry, fifo],
    [
      { ...plain, MessageGroupId: 'g' },
      { isFifo: true, hasContentDeduplication: true },
    ],
    [{ ...plain, DelaySeconds: 900 }, standard],
  ])('takes %o', (entry, queue) => {
    expect(entryRefusal(entry, queue)).toBeUndefined();
  });
});
