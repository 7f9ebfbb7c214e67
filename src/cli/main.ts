import { Command, CommanderError } from 'commander';
import { CallError } from '#core/errors.ts';
import manifest from '../../package.json' with { type: 'json' };
import { adoptCommand } from './adopt/command.ts';
import { Complaint } from './complaint.ts';
import { demoCommand } from './demo/command.ts';
import { gcCommand } from './gc/command.ts';
import { localCommand } from './local/command.ts';
import { manifestsCommand } from './manifests/command.ts';
import { watchOutput } from './output.ts';
import { planCommand } from './plan/command.ts';
import { releaseCommand } from './release/command.ts';
import { simulateCommand } from './simulate/command.ts';
import { uninstallCommand } from './uninstall/command.ts';

const exit = (code: number): void => {
  process.exitCode = code;
};

const output = watchOutput(process.stdout, process.stderr);

/** How commands end that only show something, and that do so for long. */
const ENDS: Readonly<Record<string, () => void>> = {
  demo: () => process.exit(output.codeFor(0)),
  simulate: () => process.exit(output.codeFor(0)),
  // It gives its lease back first.
  local: () => process.emit('SIGTERM'),
};

const EXIT_CODES = `
Exit codes: 0 done, or nothing to do; 1 failed, perhaps half-way; 2 refused before anything
was done. "plan --detailed-exitcode" has codes of its own.

Start with "nodeeni demo": it needs no account and no cluster.`;

const program = new Command('nodeeni')
  .description('Extra network interfaces for Kubernetes nodes on AWS, declared by NodeENI objects.')
  .version(manifest.version, '--version', 'print the version')
  .addHelpText('after', EXIT_CODES)
  .addCommand(demoCommand(exit))
  .addCommand(simulateCommand(exit))
  .addCommand(localCommand(exit))
  .addCommand(planCommand(exit))
  .addCommand(adoptCommand(exit))
  .addCommand(gcCommand(exit))
  .addCommand(manifestsCommand())
  .addCommand(releaseCommand(exit))
  .addCommand(uninstallCommand(exit))
  .hook('preAction', (_program, command) => {
    const end = ENDS[command.name()];
    const isAsked = command.options.some(({ long }) => long === '--yes');
    if (end !== undefined) output.whenReaderLeaves({ type: 'end', end });
    else if (isAsked) output.whenReaderLeaves({ type: 'go-on' });
  })
  .exitOverride();

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) exit(error.exitCode);
  else {
    const isOurs = error instanceof Complaint || error instanceof CallError;
    const text = isOurs ? error.message : error instanceof Error ? error.stack : String(error);
    process.stderr.write(`${text}\n`);
    exit(error instanceof Complaint ? error.exitCode : 1);
  }
}
await output.flushed();
// Sleeping watches and timers do not keep a command that is done.
process.exit(output.codeFor(Number(process.exitCode ?? 0)));
