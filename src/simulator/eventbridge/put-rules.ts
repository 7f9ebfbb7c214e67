import {
  EventBridgeServiceException,
  type PutEventsRequestEntry,
} from '@aws-sdk/client-eventbridge';

const MAXIMUM_ENTRIES = 10;

/** Why an entry is not put, the others are ("PutEventsResultEntry", EventBridge API Reference). */
export interface EntryRefusal {
  readonly ErrorCode: string;
  readonly ErrorMessage: string;
}

/** Throws the SDK's ValidationException for a request of no entries, or of more than ten ("PutEvents"). */
export const checkEntryCount = (entries: readonly unknown[]): void => {
  if (entries.length >= 1 && entries.length <= MAXIMUM_ENTRIES) return;
  throw new EventBridgeServiceException({
    name: 'ValidationException',
    message: `1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length between 1 and ${MAXIMUM_ENTRIES}`,
    $fault: 'client',
    $metadata: { httpStatusCode: 400 },
  });
};

const parseDetail = (detail: string): unknown => {
  try {
    return JSON.parse(detail);
  } catch {
    return undefined;
  }
};

/** The detail of an entry; undefined when it is no JSON object. */
export const detailOf = ({ Detail = '' }: PutEventsRequestEntry): object | undefined => {
  const detail = parseDetail(Detail);
  return detail !== null && typeof detail === 'object' && !Array.isArray(detail)
    ? detail
    : undefined;
};

/** In: an entry and the names of the buses there are. Sources that begin with `aws.` belong to AWS. */
export const entryRefusal = (
  entry: PutEventsRequestEntry,
  buses: ReadonlySet<string>,
): EntryRefusal | undefined => {
  const { Source = '', DetailType = '', EventBusName = 'default' } = entry;
  const missing = Object.entries({ Source, DetailType }).find(([, value]) => value === '');
  if (missing !== undefined) {
    const [name] = missing;
    return {
      ErrorCode: 'InvalidArgument',
      ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
    };
  }
  if (Source.startsWith('aws.')) {
    return {
      ErrorCode: 'NotAuthorizedForSourceException',
      ErrorMessage: 'Not authorized for the source.',
    };
  }
  if (!buses.has(EventBusName)) {
    return {
      ErrorCode: 'InvalidArgument',
      ErrorMessage: `Event bus ${EventBusName} does not exist.`,
    };
  }
  if (detailOf(entry) !== undefined) return undefined;
  return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
};
