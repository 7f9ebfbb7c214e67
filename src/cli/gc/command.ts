import { Command } from 'commander';
import { createCommandOperator } from '../command-operator.ts';
import { addConnectionOptions, type ConnectionOptions } from '../connection.ts';
import { addConsentOptions, type ConsentOptions, checkConsent, obtainConsent } from '../consent.ts';
import { collectOrphans, collectRetained, listOrphans, listRetained } from './run.ts';

interface Given extends ConnectionOptions, ConsentOptions {
  readonly retained?: boolean;
}

const EXAMPLE = `
Examples:
  nodeeni gc --dry-run --cluster production
  nodeeni gc --retained --cluster production`;

/** `nodeeni gc`: removes interfaces that nothing stands behind. `onExit` is given the exit code. */
export const gcCommand = (onExit: (code: number) => void): Command =>
  addConsentOptions(addConnectionOptions(new Command('gc')))
    .description('collect ENIs of this cluster that no NodeENI and no record stands behind')
    .option('--retained', 'those kept by deleteOnTermination: false after their instance ended')
    .addHelpText('after', EXAMPLE)
    .action(async (given: Given) => {
      const { retained = false, dryRun = false } = given;
      checkConsent(given);
      const operator = await createCommandOperator(given);
      const write = (text: string): boolean => process.stdout.write(text);
      const collect = retained ? collectRetained : collectOrphans;
      const list = retained ? listRetained : listOrphans;
      await obtainConsent(given, (tell) => list(operator, tell));
      onExit((await collect(operator, { isDryRun: dryRun, write })) ? 0 : 1);
    });
