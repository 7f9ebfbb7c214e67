import type { CounterName } from '../counters.ts';

/** Facts beside a log message. Never an event body, a header or a secret. */
export type LogFields = Readonly<Record<string, unknown>>;

export interface TelemetryLogger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** Where logs and counters go. Nothing in core knows which product writes them. */
export interface Recorder {
  readonly logger: TelemetryLogger;
  /** Adds `value` (1 by default) to a counter. Dimensions must have few values: a reason, never an id. */
  count(name: CounterName, value?: number, dimensions?: Readonly<Record<string, string>>): void;
}
