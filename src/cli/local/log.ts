import type { LogFields, TelemetryLogger } from '#core/ports/telemetry.ts';
import { withoutCredentials } from '#core/without-credentials.ts';

type Level = 'info' | 'warn' | 'error';

/** An error as one line, without credentials: its stack helps nobody who reads a log of JSON lines. */
const plain = (value: unknown): unknown =>
  value instanceof Error ? withoutCredentials(value.message) : value;

const plainFields = (fields: LogFields): LogFields =>
  Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, plain(value)]));

const forPrograms = (at: Date, level: Level, message: string, fields: LogFields): string =>
  JSON.stringify({ time: at.toISOString(), level, message, ...fields });

const forPeople = (at: Date, level: Level, message: string, fields: LogFields): string => {
  const facts = Object.entries(fields).map(
    ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const mark = level === 'info' ? '' : `${level}: `;
  return [at.toTimeString().slice(0, 8), `${mark}${message}`, ...facts].join(' ');
};

/** A line for each message: JSON, or short words when a person is looking. Debug messages are left out. */
export const createLog = (options: {
  readonly isForPeople: boolean;
  readonly write: (line: string) => void;
  readonly now: () => Date;
}): TelemetryLogger => {
  const { isForPeople, write, now } = options;
  const format = isForPeople ? forPeople : forPrograms;
  const log =
    (level: Level) =>
    (message: string, fields: LogFields = {}): void =>
      write(`${format(now(), level, message, plainFields(fields))}\n`);
  return { debug: () => undefined, info: log('info'), warn: log('warn'), error: log('error') };
};
