import type { LogFields } from '#core/ports/telemetry.ts';
import type { Telemetry } from '#operator/telemetry.ts';

export interface RecordedLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: LogFields;
}

/** Keeps every line and counter, for tests that ask what was said. */
export const recordingTelemetry = () => {
  const lines: RecordedLine[] = [];
  const counters = new Map<string, number>();
  const write =
    (level: RecordedLine['level']) =>
    (message: string, fields: LogFields = {}): void => {
      lines.push({ level, message, fields });
    };
  const telemetry: Telemetry = {
    logger: {
      debug: write('debug'),
      info: write('info'),
      warn: write('warn'),
      error: write('error'),
    },
    count: (name, value = 1) => void counters.set(name, (counters.get(name) ?? 0) + value),
    middlewares: [],
  };
  return { telemetry, lines, counters };
};
