import { vi } from 'vitest';

/** Everything the process wrote since the capture began. */
export interface CapturedOutput {
  text(): string;
  /** The lines that are JSON objects: log lines and metric lines. */
  lines(): readonly Readonly<Record<string, unknown>>[];
  /** Sum of a counter over all metric lines that carry these dimensions. */
  counted(name: string, dimensions?: Readonly<Record<string, string>>): number;
}

const CONSOLE_METHODS = ['log', 'debug', 'info', 'warn', 'error', 'trace'] as const;

const parsed = (line: string): Readonly<Record<string, unknown>>[] => {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? [{ ...value }] : [];
  } catch {
    return [];
  }
};

const sum = (value: unknown): number =>
  [value].flat().reduce<number>((total, part) => total + (typeof part === 'number' ? part : 0), 0);

/** Keeps what is written to stdout, stderr and the console from the terminal, until vitest restores its spies. */
export const captureOutput = (): CapturedOutput => {
  const written: string[] = [];
  for (const stream of [process.stdout, process.stderr])
    vi.spyOn(stream, 'write').mockImplementation((chunk) => {
      written.push(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'));
      return true;
    });
  for (const method of CONSOLE_METHODS)
    vi.spyOn(console, method).mockImplementation((...parts: unknown[]) => {
      written.push(`${parts.map(String).join(' ')}\n`);
    });

  const text = (): string => written.join('');
  const lines = () => text().split('\n').flatMap(parsed);
  return {
    text,
    lines,
    counted: (name, dimensions = {}) =>
      lines()
        .filter((line) => '_aws' in line)
        .filter((line) => Object.entries(dimensions).every(([key, value]) => line[key] === value))
        .reduce((total, line) => total + sum(line[name]), 0),
  };
};
