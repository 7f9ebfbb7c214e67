import type { SQSRecord } from 'aws-lambda';
import type { Clock } from '#core/ports/clock.ts';
import { type Message, type QueueIdentity, recordOf } from './message.ts';

export interface MessageQueueOptions {
  readonly clock: Clock;
  readonly identity: QueueIdentity;
  readonly isFifo: boolean;
  readonly visibilityTimeoutSeconds: number;
  /** A message received this often goes to the dead letters instead of being received once more. */
  readonly maximumReceives: number;
  /** Without it such a message is lost. */
  readonly deadLetters?: MessageQueue | undefined;
}

/** What became of a receipt handle: `stale` when its message was received again or is visible again. */
export type HandleState = 'current' | 'stale' | 'gone';

/** The messages of one queue, in the order they came. */
export class MessageQueue {
  readonly #options: MessageQueueOptions;
  readonly #messages = new Map<number, Message>();
  readonly #listeners = new Set<() => void>();
  #entries = 0;
  #receives = 0;

  constructor(options: MessageQueueOptions) {
    this.#options = options;
  }

  /** All messages: delayed, visible and in flight. */
  get messages(): readonly Message[] {
    return [...this.#messages.values()];
  }

  add(message: Message): void {
    this.#entries += 1;
    this.#messages.set(this.#entries, message);
    this.#notify();
  }

  /**
   * Up to `maximum` messages as Lambda gets them, in flight until the visibility timeout. In a FIFO queue a message comes only
   * after all earlier ones of its group: a group with a message in flight, or delayed, is blocked ("FIFO delivery logic", SQS).
   */
  receive(maximum: number): readonly SQSRecord[] {
    const { identity, maximumReceives } = this.#options;
    const nowMs = this.#nowMs();
    const received: SQSRecord[] = [];
    const blockedGroups = new Set<string>();
    for (const [entry, message] of this.#messages) {
      if (received.length === maximum) break;
      const { groupId, visibleAtMs, receiveCount } = message;
      if (groupId !== undefined && blockedGroups.has(groupId)) continue;
      if (visibleAtMs > nowMs) {
        if (groupId !== undefined) blockedGroups.add(groupId);
      } else if (receiveCount >= maximumReceives) this.#bury(entry, message);
      else received.push(recordOf(this.#putInFlight(entry, message, nowMs), identity));
    }
    return received;
  }

  /** Deletes the messages of current handles. Out: what became of each handle. */
  delete(receiptHandles: readonly string[]): readonly HandleState[] {
    const nowMs = this.#nowMs();
    const states = receiptHandles.map((receiptHandle) => {
      const state = this.#stateOf(receiptHandle, nowMs);
      if (state === 'current') this.#messages.delete(entryOf(receiptHandle));
      return state;
    });
    this.#notify();
    return states;
  }

  /** Moves the message of the last handle to the dead letters. */
  giveUp(receiptHandle: string): void {
    const entry = entryOf(receiptHandle);
    const message = this.#messages.get(entry);
    if (message?.receiptHandle === receiptHandle) this.#bury(entry, message);
    this.#notify();
  }

  /** From now on the message of a current handle stays in flight for this long; 0 makes it visible at once. */
  changeVisibility(receiptHandle: string, timeoutSeconds: number): HandleState {
    const nowMs = this.#nowMs();
    const state = this.#stateOf(receiptHandle, nowMs);
    const message = this.#messages.get(entryOf(receiptHandle));
    if (state === 'current' && message !== undefined) {
      const visibleAtMs = nowMs + timeoutSeconds * 1000;
      this.#messages.set(entryOf(receiptHandle), { ...message, visibleAtMs });
      this.#notify();
    }
    return state;
  }

  /** When the next message can be received if nothing else happens (it may be now); undefined: never. */
  nextVisibleAt(): Date | undefined {
    const groups = new Set<string>();
    let nextMs: number | undefined;
    for (const { groupId, visibleAtMs } of this.#messages.values()) {
      if (groupId !== undefined) {
        if (groups.has(groupId)) continue;
        groups.add(groupId);
      }
      nextMs = Math.min(nextMs ?? visibleAtMs, visibleAtMs);
    }
    return nextMs === undefined ? undefined : new Date(nextMs);
  }

  /** Calls the listener whenever `nextVisibleAt` may have changed. Out: a function that ends this. */
  onMessage(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #putInFlight(entry: number, message: Message, nowMs: number): Message {
    this.#receives += 1;
    const inFlight: Message = {
      firstReceivedAtMs: nowMs,
      ...message,
      visibleAtMs: nowMs + this.#options.visibilityTimeoutSeconds * 1000,
      receiveCount: message.receiveCount + 1,
      receiptHandle: Buffer.from(`${entry}.${this.#receives}`).toString('base64url'),
    };
    this.#messages.set(entry, inFlight);
    return inFlight;
  }

  #bury(entry: number, message: Message): void {
    const { deadLetters, identity } = this.#options;
    const { receiptHandle: _handle, firstReceivedAtMs: _first, ...rest } = message;
    this.#messages.delete(entry);
    deadLetters?.add({ ...rest, receiveCount: 0, deadLetterSourceArn: identity.queueArn });
  }

  #stateOf(receiptHandle: string, nowMs: number): HandleState {
    const message = this.#messages.get(entryOf(receiptHandle));
    if (message === undefined) return 'gone';
    if (message.receiptHandle !== receiptHandle) return 'stale';
    // A standard queue still takes the last handle of a message that is visible again.
    return this.#options.isFifo && message.visibleAtMs <= nowMs ? 'stale' : 'current';
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }

  #nowMs(): number {
    return this.#options.clock.now().getTime();
  }
}

const entryOf = (receiptHandle: string): number =>
  Number(Buffer.from(receiptHandle, 'base64url').toString().split('.')[0]);
