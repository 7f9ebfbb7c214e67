import { Command } from 'commander';
import { createCommandOperator } from '../command-operator.ts';
import { addConnectionOptions, type ConnectionOptions } from '../connection.ts';
import { addConsentOptions, type ConsentOptions, checkConsent, obtainConsent } from '../consent.ts';
import { listAdoptions, runAdopt } from './run.ts';

const EXAMPLE = `
Examples:
  nodeeni adopt --dry-run --cluster production
  nodeeni adopt my-nodeeni --cluster production`;

/** `nodeeni adopt`: takes over ENIs of the Go controller. `onExit` is given the exit code. */
export const adoptCommand = (onExit: (code: number) => void): Command =>
  addConsentOptions(addConnectionOptions(new Command('adopt')))
    .description('take over the ENIs that the Go controller left, without making new ones')
    .argument('[nodeenis...]', 'names of NodeENIs (default: all)')
    .addHelpText('after', EXAMPLE)
    .action(async (names: readonly string[], options: ConnectionOptions & ConsentOptions) => {
      checkConsent(options);
      const operator = await createCommandOperator(options);
      const write = (text: string): boolean => process.stdout.write(text);
      await obtainConsent(options, (tell) => listAdoptions(operator, names, tell));
      const isGood = await runAdopt(operator, {
        names,
        isDryRun: options.dryRun === true,
        write,
      });
      onExit(isGood ? 0 : 1);
    });
