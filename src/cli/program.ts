import { basename } from 'node:path';
import { Command } from 'commander';
import { adoptCommand } from './adopt/command.ts';
import { completeCommand, completionCommand } from './completion/command.ts';
import { demoCommand } from './demo/command.ts';
import { doctorCommand } from './doctor/command.ts';
import { explainCommand } from './explain/command.ts';
import { gcCommand } from './gc/command.ts';
import { localCommand } from './local/command.ts';
import { manifestsCommand } from './manifests/command.ts';
import { planCommand } from './plan/command.ts';
import { releaseCommand } from './release/command.ts';
import { retryCommand } from './retry/command.ts';
import { simulateCommand } from './simulate/command.ts';
import { uninstallCommand } from './uninstall/command.ts';
import { OWN_VERSION, versionCommand } from './version/command.ts';

const EXIT_CODES = `
Exit codes: 0 done, or nothing to do; 1 failed, perhaps half-way; 2 refused
before anything was done. "plan --detailed-exitcode" and "doctor" have codes of
their own.

Start with "nodeeni demo": it needs no account and no cluster.`;

/** The whole command line. `exit` takes the code to end with. */
export const createProgram = (exit: (code: number) => void): Command => {
  const program = new Command('nodeeni')
    .description(
      'Extra network interfaces for Kubernetes nodes on AWS, declared by NodeENI objects.',
    )
    .version(OWN_VERSION, '--version', 'print the version')
    .addHelpText('after', EXIT_CODES)
    .addCommand(demoCommand(exit))
    .addCommand(simulateCommand(exit))
    .addCommand(localCommand(exit))
    .addCommand(planCommand(exit))
    .addCommand(explainCommand())
    .addCommand(doctorCommand(exit))
    .addCommand(retryCommand())
    .addCommand(adoptCommand(exit))
    .addCommand(gcCommand(exit))
    .addCommand(manifestsCommand())
    .addCommand(releaseCommand(exit))
    .addCommand(uninstallCommand(exit))
    .addCommand(versionCommand())
    .addCommand(completionCommand());
  return program.addCommand(completeCommand(program), { hidden: true });
};

/** kubectl runs this for words after `kubectl nodeeni` ("Extend kubectl with plugins", kubernetes.io). */
const COMPLETES_FOR_KUBECTL = 'kubectl_complete-nodeeni';

/** The arguments as the program takes them, under whichever of its names it was started. */
export const argumentsFor = ([, path = '', ...rest]: readonly string[]): readonly string[] =>
  basename(path, '.js') === COMPLETES_FOR_KUBECTL ? ['complete', '--', ...rest] : rest;

/** What the help calls the program. */
export const nameFor = ([, path = '']: readonly string[]): string =>
  basename(path, '.js') === 'kubectl-nodeeni' ? 'kubectl nodeeni' : 'nodeeni';
