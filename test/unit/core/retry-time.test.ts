import { expect, it } from 'vitest';
import { secondsToRetry } from '#core/retry-time.ts';

it.each([
  ['00:00:00', 300],
  ['00:00:01', 599],
  ['00:04:59', 301],
])(
  'tries that fail at different times fall together: at %s the next is in %d s',
  (time, seconds) => {
    expect(secondsToRetry(300, new Date(`2026-11-21T${time}Z`))).toBe(seconds);
  },
);
