import { type Command, CommanderError } from 'commander';
import { CallError } from '#core/errors.ts';
import { Complaint } from './complaint.ts';
import { fitted } from './fit.ts';

/** Runs what the arguments ask of a program. What goes wrong is printed and never thrown; `exit` takes the code. */
export const runProgram = async (
  program: Command,
  args: readonly string[],
  exit: (code: number) => void,
): Promise<void> => {
  // Without this a command that is given wrong options ends the process at once, with output still on its way.
  for (const command of [program, ...program.commands]) command.exitOverride();
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return exit(error.exitCode);
    const isOurs = error instanceof Complaint || error instanceof CallError;
    const text = isOurs ? error.message : error instanceof Error ? error.stack : String(error);
    process.stderr.write(`${fitted(text ?? '', process.stderr)}\n`);
    exit(error instanceof Complaint ? error.exitCode : 1);
  }
};
