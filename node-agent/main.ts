import { setTimeout as sleepFor } from 'node:timers/promises';
import { messageOf } from './agent/errors.ts';
import { applyOnce, EXIT_CODES } from './apply.ts';
import { createLog } from './log.ts';
import { type AgentOptions, parseOptions, UsageError } from './options.ts';
import { runAgent } from './run.ts';
import { steadySeconds } from './steady-clock.ts';
import { usage } from './usage.ts';

const write = (text: string): void => {
  process.stdout.write(text);
};
const now = (): Date => new Date();

/** A time limit signals a process and its group, so the signal comes twice: the second one must not kill what is ending. */
const untilSignal = (): AbortSignal => {
  const ending = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => ending.abort());
  return ending.signal;
};

const perform = async (options: AgentOptions): Promise<number> => {
  const surroundings = { environment: process.env, signal: untilSignal() };
  const sleep = async (milliseconds: number): Promise<void> => {
    // Waiting ends with the signal; what was waited for is asked again by whoever waited.
    await sleepFor(milliseconds, undefined, { signal: surroundings.signal }).catch(() => undefined);
  };
  if (options.command === 'apply')
    return applyOnce(options, {
      ...surroundings,
      ...{ input: process.stdin, seconds: steadySeconds, sleep, write },
    });
  await runAgent(options, { ...surroundings, now, sleep, log: createLog(write, now) });
  return EXIT_CODES.converged;
};

const main = async (): Promise<number> => {
  if (process.argv.includes('--help')) {
    write(usage());
    return EXIT_CODES.converged;
  }
  try {
    return await perform(parseOptions(process.argv.slice(2), process.env));
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    return error instanceof UsageError ? EXIT_CODES.badInput : EXIT_CODES.notConverged;
  }
};

process.exitCode = await main();
