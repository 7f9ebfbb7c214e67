import { describe, expect, it } from 'vitest';
import { createLog } from '#cli/local/log.ts';

const recording = (isForPeople: boolean) => {
  const lines: string[] = [];
  const log = createLog({
    isForPeople,
    write: (line) => lines.push(line),
    now: () => new Date(2026, 10, 21, 12, 30, 5),
  });
  return { log, lines };
};

describe('The log of the local process', () => {
  it('is one JSON line a message, with an error as its message', () => {
    const { log, lines } = recording(false);

    log.error('reconcile failed', { instanceId: 'i-1', error: new Error('no answer') });

    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/\n$/);
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      time: new Date(2026, 10, 21, 12, 30, 5).toISOString(),
      level: 'error',
      message: 'reconcile failed',
      instanceId: 'i-1',
      error: 'no answer',
    });
  });

  it('is short words for a person', () => {
    const { log, lines } = recording(true);

    log.info('swept', { instances: 3, note: 'fine' });
    log.warn('watch ended');

    expect(lines).toEqual([
      '12:30:05 swept instances=3 note=fine\n',
      '12:30:05 warn: watch ended\n',
    ]);
  });

  it('leaves debug messages out', () => {
    const { log, lines } = recording(false);

    log.debug('event ignored');

    expect(lines).toEqual([]);
  });
});
