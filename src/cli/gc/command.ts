import { Command } from 'commander';
import { createCommandOperator } from '../command-operator.ts';
import { addConnectionOptions, type ConnectionOptions } from '../connection.ts';
import { collectOrphans, collectRetained } from './run.ts';

interface Given extends ConnectionOptions {
  readonly retained?: boolean;
  readonly dryRun?: boolean;
}

const EXAMPLE = `
Examples:
  nodeeni gc --dry-run --cluster production
  nodeeni gc --retained --cluster production`;

/** `nodeeni gc`: removes interfaces that nothing stands behind. `onExit` is given the exit code. */
export const gcCommand = (onExit: (code: number) => void): Command =>
  addConnectionOptions(new Command('gc'))
    .description('collect ENIs of this cluster that no NodeENI and no record stands behind')
    .option('--retained', 'those kept by deleteOnTermination: false after their instance ended')
    .option('--dry-run', 'tell only')
    .addHelpText('after', EXAMPLE)
    .action(async ({ retained = false, dryRun = false, ...connection }: Given) => {
      const operator = await createCommandOperator(connection);
      const write = (text: string): boolean => process.stdout.write(text);
      const collect = retained ? collectRetained : collectOrphans;
      onExit((await collect(operator, { isDryRun: dryRun, write })) ? 0 : 1);
    });
