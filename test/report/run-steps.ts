import { spawn } from 'node:child_process';
import { readLastLine } from './counts.ts';

/** A command that must end with 0. */
export interface Step {
  readonly name: string;
  readonly command: readonly [program: string, ...args: readonly string[]];
}

interface Outcome {
  readonly isGood: boolean;
  readonly output: string;
}

const NAME_WIDTH = 12;

const run = ([program, ...args]: Step['command']): Promise<Outcome> =>
  new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.once('error', ({ message }) => resolve({ isGood: false, output: `${message}\n` }));
    child.once('close', (code) =>
      resolve({ isGood: code === 0, output: Buffer.concat(chunks).toString() }),
    );
  });

const lineFor = ({ name }: Step, { isGood, output }: Outcome, seconds: number): string => {
  const counts = readLastLine(output);
  return [
    name.padEnd(NAME_WIDTH),
    `${seconds.toFixed(1)} s`.padStart(8),
    ...(counts === undefined ? [] : [`  ${counts.passed} passed, ${counts.failed} failed`]),
    ...(isGood ? [] : ['  broken']),
  ].join('');
};

/**
 * Runs steps one after the other, with a line and the seconds for each. The first that fails shows all it said and
 * ends the run. Returns the name of that step, or undefined when all are good.
 */
export const runSteps = async (
  steps: readonly Step[],
  write: (text: string) => void,
): Promise<string | undefined> => {
  for (const step of steps) {
    const startMs = performance.now();
    const outcome = await run(step.command);
    write(`${lineFor(step, outcome, (performance.now() - startMs) / 1000)}\n`);
    if (!outcome.isGood) {
      write(outcome.output);
      return step.name;
    }
  }
  return undefined;
};
