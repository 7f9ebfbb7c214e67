import type { WorkKey } from '#core/ports/work-queue.ts';

/**
 * Why an event asks for nothing:
 * - `unknown`: no parser knows its source and detail-type
 * - `malformed`: it is not what its source and detail-type promise
 * - `test`: Auto Scaling's test notification
 * - `irrelevant`: a known event about which there is nothing to do
 */
export type IgnoredReason = 'unknown' | 'malformed' | 'test' | 'irrelevant';

/** What an inbound event asks for. An ignored one is acknowledged and counted, never retried. */
export type ParsedEvent =
  | {
      readonly kind: 'work';
      readonly keys: readonly WorkKey[];
      /** Why the reconcile is asked for, for the log: short words taken from the event. */
      readonly facts: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'ignored'; readonly reason: IgnoredReason; readonly detail: string };

/** One EventBridge event: `source` and `detailType` are also what its rule matches. */
export interface InboundEvent {
  readonly source: string;
  readonly detailType: string;
  /** Takes the whole envelope, whose source and detail-type are already known to be the ones above. */
  parse(event: unknown): ParsedEvent;
}

const MAXIMUM_DETAIL_LENGTH = 200;

export const ignored = (reason: IgnoredReason, detail: string): ParsedEvent => ({
  kind: 'ignored',
  reason,
  detail: detail.slice(0, MAXIMUM_DETAIL_LENGTH),
});

interface Issue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
}

/** Names the fields at fault and never their values, so that the text may be logged. */
export const malformed = (issues: readonly Issue[]): ParsedEvent =>
  ignored(
    'malformed',
    issues.map(({ path, code }) => `${path.map(String).join('.') || 'event'}: ${code}`).join(', '),
  );

/** The `detail` of an envelope, whatever it is. */
export const detailOf = (event: unknown): unknown =>
  typeof event === 'object' && event !== null && 'detail' in event ? event.detail : undefined;
