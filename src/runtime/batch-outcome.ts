import type { SQSRecord } from 'aws-lambda';

const idsIn = (response: unknown): readonly unknown[] | undefined => {
  if (response === null || response === undefined) return [];
  if (typeof response !== 'object') return undefined;
  const failures: unknown = Reflect.get(response, 'batchItemFailures');
  if (failures === null || failures === undefined) return [];
  if (!Array.isArray(failures)) return undefined;
  return failures.map((failure: unknown) =>
    failure !== null && typeof failure === 'object'
      ? Reflect.get(failure, 'itemIdentifier')
      : undefined,
  );
};

/**
 * The records a function has done, which Lambda deletes. An answer without failures is a full success; one
 * that names an unknown or empty id is a full failure ("Implementing partial batch responses", AWS Lambda).
 */
export const doneRecords = (
  records: readonly SQSRecord[],
  response: unknown,
): readonly SQSRecord[] => {
  const failedIds = idsIn(response);
  const known = new Set<unknown>(records.map(({ messageId }) => messageId));
  if (failedIds === undefined || failedIds.some((id) => !known.has(id))) return [];
  return records.filter(({ messageId }) => !failedIds.includes(messageId));
};
