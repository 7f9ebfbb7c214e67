import { Command } from 'commander';
import { runDemo } from './run.ts';

const setExitCode = (code: number): void => {
  process.exitCode = code;
};

/** A reader that has seen enough, as `head` has, is no failure. */
const endWithReader = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
};

/** `nodeeni demo`: the life of a NodeENI on the simulator. `onExit` is given 0, or 1 when a step failed. */
export const demoCommand = (onExit: (code: number) => void = setExitCode): Command =>
  new Command('demo')
    .description('the whole product on a simulator: no account, no cluster')
    .action(async () => {
      const { stdout } = process;
      stdout.on('error', endWithReader);
      const isTerminal = stdout.isTTY === true;
      const code = await runDemo({
        write: (text) => void stdout.write(text),
        isColoured: isTerminal && stdout.hasColors(),
        isPaced: isTerminal,
      });
      onExit(code);
    });
