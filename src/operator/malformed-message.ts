import type { Telemetry } from './telemetry.ts';

/** Notes a message that nobody can read. It is acknowledged: a second delivery would read no better. */
export const reportMalformed = (telemetry: Telemetry, messageId: string): void => {
  telemetry.count('MessagesMalformed');
  telemetry.logger.warn('malformed message', { messageId });
};
