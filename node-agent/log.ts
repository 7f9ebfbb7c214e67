/** Writes one line of JSON for each thing worth telling. */
export type Log = (level: 'info' | 'warn' | 'error', message: string, fields?: object) => void;

export const createLog =
  (write: (line: string) => void, now: () => Date): Log =>
  (level, message, fields = {}) =>
    write(`${JSON.stringify({ time: now().toISOString(), level, message, ...fields })}\n`);
