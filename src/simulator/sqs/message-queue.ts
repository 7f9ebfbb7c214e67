import type { Message } from './message.ts';

/** AWS keeps a deduplication id this long, also when its message is deleted ("Exactly-once processing", SQS). */
const DEDUPLICATION_MS = 300_000;

export interface Sent {
  readonly messageId: string;
  readonly sequenceNumber?: string;
}

export interface QueueRules {
  readonly isFifo: boolean;
  readonly visibilityTimeoutMs: number;
  /** A message received this often goes to `toDeadLetters` instead of being received once more. */
  readonly maximumReceives: number;
  readonly toDeadLetters: (message: Message) => void;
}

/** What became of a receipt handle: `stale` when its message was received again or is visible again. */
export type HandleState = 'current' | 'stale' | 'gone';

/** The messages of one queue, in the order they came. It knows no clock: every call says when it is. */
export class MessageQueue {
  readonly #rules: QueueRules;
  readonly #messages = new Map<number, Message>();
  readonly #deduplications = new Map<string, { readonly sent: Sent; readonly untilMs: number }>();
  #entries = 0;
  #receives = 0;

  constructor(rules: QueueRules) {
    this.#rules = rules;
  }

  /** All messages: delayed, visible and in flight. */
  get messages(): readonly Message[] {
    return [...this.#messages.values()];
  }

  /** The earlier send whose deduplication id still counts. */
  duplicateOf(deduplicationId: string, nowMs: number): Sent | undefined {
    const earlier = this.#deduplications.get(deduplicationId);
    return earlier !== undefined && nowMs < earlier.untilMs ? earlier.sent : undefined;
  }

  /** Keeps a deduplication id from now on, whatever becomes of its message. */
  remember(deduplicationId: string, sent: Sent, nowMs: number): void {
    for (const [id, { untilMs }] of this.#deduplications) {
      if (nowMs < untilMs) break; // The oldest come first.
      this.#deduplications.delete(id);
    }
    this.#deduplications.set(deduplicationId, { sent, untilMs: nowMs + DEDUPLICATION_MS });
  }

  add(message: Message): void {
    this.#entries += 1;
    this.#messages.set(this.#entries, message);
  }

  /**
   * Up to `maximum` messages, in flight from now on. In a FIFO queue a message comes only after all earlier
   * ones of its group: a group with a message in flight, or delayed, is blocked ("FIFO delivery logic", SQS).
   */
  receive(maximum: number, nowMs: number): readonly Message[] {
    const { visibilityTimeoutMs, maximumReceives, toDeadLetters } = this.#rules;
    const received: Message[] = [];
    const blockedGroups = new Set<string | undefined>();
    for (const [entry, message] of this.#messages) {
      if (received.length === maximum) break;
      const { groupId, visibleAtMs, receiveCount, firstReceivedAtMs = nowMs } = message;
      if (groupId !== undefined && blockedGroups.has(groupId)) continue;
      if (visibleAtMs > nowMs) {
        blockedGroups.add(groupId);
        continue;
      }
      if (receiveCount >= maximumReceives) {
        this.#messages.delete(entry);
        toDeadLetters(message);
        continue;
      }
      const inFlight: Message = {
        ...message,
        visibleAtMs: nowMs + visibilityTimeoutMs,
        receiveCount: receiveCount + 1,
        firstReceivedAtMs,
        receiptHandle: this.#newHandle(entry),
      };
      this.#messages.set(entry, inFlight);
      received.push(inFlight);
    }
    return received;
  }

  /** Deletes the message of a current handle; of another handle nothing. */
  delete(receiptHandle: string, nowMs: number): HandleState {
    const state = this.#stateOf(receiptHandle, nowMs);
    if (state === 'current') this.#messages.delete(entryOf(receiptHandle));
    return state;
  }

  /** Sets when the message of a current handle becomes visible. */
  changeVisibility(receiptHandle: string, visibleAtMs: number, nowMs: number): HandleState {
    const state = this.#stateOf(receiptHandle, nowMs);
    const message = this.#messages.get(entryOf(receiptHandle));
    if (state === 'current' && message !== undefined) {
      this.#messages.set(entryOf(receiptHandle), { ...message, visibleAtMs });
    }
    return state;
  }

  /** When the next message can be received, if nothing else happens; it may be in the past. */
  nextVisibleAtMs(): number | undefined {
    const groups = new Set<string>();
    let next: number | undefined;
    for (const { groupId, visibleAtMs } of this.#messages.values()) {
      if (groupId !== undefined) {
        if (groups.has(groupId)) continue;
        groups.add(groupId);
      }
      next = Math.min(next ?? visibleAtMs, visibleAtMs);
    }
    return next;
  }

  #stateOf(receiptHandle: string, nowMs: number): HandleState {
    const message = this.#messages.get(entryOf(receiptHandle));
    if (message === undefined) return 'gone';
    if (message.receiptHandle !== receiptHandle) return 'stale';
    // A standard queue still takes the last handle of a message that is visible again.
    return this.#rules.isFifo && message.visibleAtMs <= nowMs ? 'stale' : 'current';
  }

  #newHandle(entry: number): string {
    this.#receives += 1;
    return Buffer.from(`${entry}.${this.#receives}`).toString('base64url');
  }
}

const entryOf = (receiptHandle: string): number =>
  Number(Buffer.from(receiptHandle, 'base64url').toString().split('.')[0]);
