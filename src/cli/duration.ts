import { InvalidArgumentError } from 'commander';

const SECONDS_OF: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

const PATTERN = /^([1-9]\d*)([smh])$/;

/** `30s`, `5m` or `1h` in seconds. Throws commander's InvalidArgumentError for anything else. */
export const parseDurationSeconds = (text: string): number => {
  const [, amount = '', unit = ''] = PATTERN.exec(text) ?? [];
  const seconds = Number(amount) * (SECONDS_OF[unit] ?? 0);
  if (seconds > 0) return seconds;
  throw new InvalidArgumentError('Write a number and a unit: 30s, 5m or 1h.');
};
