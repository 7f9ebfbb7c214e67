import { Command, Option } from 'commander';
import { addConnectionOptions, type ConnectionOptions } from '../connection.ts';
import { parseDurationSeconds } from '../duration.ts';
import { connectTools } from '../release/tools.ts';
import { runUninstall } from './run.ts';

interface Given extends ConnectionOptions {
  readonly timeout: number;
  readonly dryRun?: boolean;
}

const EXAMPLE = `
Examples:
  nodeeni uninstall --dry-run --cluster production
  nodeeni uninstall --timeout 30m --cluster production`;

/** `nodeeni uninstall`: the step before the functions are taken away, who alone can release. */
export const uninstallCommand = (onExit: (code: number) => void): Command =>
  addConnectionOptions(new Command('uninstall'))
    .description('delete all NodeENIs and wait until every interface is gone')
    .addOption(
      new Option('--timeout <duration>', 'how long to wait')
        .argParser(parseDurationSeconds)
        .default(600, '10m'),
    )
    .option('--dry-run', 'tell only')
    .addHelpText('after', EXAMPLE)
    .action(async (given: Given) => {
      const { timeout: timeoutSeconds, dryRun: isDryRun = false } = given;
      const tools = await connectTools(given);
      const write = (text: string): boolean => process.stdout.write(text);
      onExit((await runUninstall(tools, { timeoutSeconds, isDryRun, write })) ? 0 : 1);
    });
