import { Command, CommanderError } from 'commander';
import { CallError } from '#core/errors.ts';
import { adoptCommand } from './adopt/command.ts';
import { Complaint } from './complaint.ts';
import { demoCommand } from './demo/command.ts';
import { gcCommand } from './gc/command.ts';
import { localCommand } from './local/command.ts';
import { manifestsCommand } from './manifests/command.ts';
import { planCommand } from './plan/command.ts';
import { releaseCommand } from './release/command.ts';
import { simulateCommand } from './simulate/command.ts';
import { uninstallCommand } from './uninstall/command.ts';

const exit = (code: number): void => {
  process.exitCode = code;
};

// Whoever reads may stop early, as `head` does; what is written after that is for nobody.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

const program = new Command('nodeeni')
  .description('Extra network interfaces for Kubernetes nodes on AWS, declared by NodeENI objects.')
  .addHelpText('after', '\nStart with "nodeeni demo": it needs no account and no cluster.')
  .addCommand(demoCommand(exit))
  .addCommand(simulateCommand(exit))
  .addCommand(localCommand(exit))
  .addCommand(planCommand())
  .addCommand(adoptCommand(exit))
  .addCommand(gcCommand(exit))
  .addCommand(manifestsCommand())
  .addCommand(releaseCommand(exit))
  .addCommand(uninstallCommand(exit))
  .exitOverride();

try {
  await program.parseAsync();
} catch (error) {
  const isOurs = error instanceof Complaint || error instanceof CallError;
  if (error instanceof CommanderError) exit(error.exitCode);
  else if (isOurs) process.stderr.write(`${error.message}\n`);
  else process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  if (!(error instanceof CommanderError)) exit(1);
}
/** A pipe takes what is written in parts, and an exit would drop what it has not taken yet. */
const flushed = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => stream.write('', () => resolve()));

await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
// Sleeping watches and timers do not keep a command that is done.
process.exit();
