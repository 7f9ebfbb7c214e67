/** AWS keeps a deduplication id this long, also when its message is deleted ("Exactly-once processing", SQS). */
const DEDUPLICATION_MS = 300_000;

/** What was answered for a message that was sent. */
export interface Sent {
  readonly messageId: string;
  /** Of a FIFO queue. */
  readonly sequenceNumber?: string;
}

/** The deduplication ids of one FIFO queue. It knows no clock: every call says when it is. */
export class Deduplication {
  readonly #ids = new Map<string, { readonly sent: Sent; readonly untilMs: number }>();

  /** The earlier send whose deduplication id still counts. */
  duplicateOf(deduplicationId: string, nowMs: number): Sent | undefined {
    const earlier = this.#ids.get(deduplicationId);
    return earlier !== undefined && nowMs < earlier.untilMs ? earlier.sent : undefined;
  }

  /** Keeps a deduplication id from now on, whatever becomes of its message. */
  remember(deduplicationId: string, sent: Sent, nowMs: number): void {
    for (const [id, { untilMs }] of this.#ids) {
      if (nowMs < untilMs) break; // The oldest come first.
      this.#ids.delete(id);
    }
    this.#ids.set(deduplicationId, { sent, untilMs: nowMs + DEDUPLICATION_MS });
  }
}
