import { Command, Option } from 'commander';
import { addConnectionOptions, type ConnectionOptions } from '../connection.ts';
import { addConsentOptions, type ConsentOptions, checkConsent, obtainConsent } from '../consent.ts';
import { parseDurationSeconds } from '../duration.ts';
import { allNodeEnis } from '../release/choose.ts';
import { releaseNodeEnis } from '../release/release.ts';
import { connectTools } from '../release/tools.ts';
import { runUninstall } from './run.ts';

interface Given extends ConnectionOptions, ConsentOptions {
  readonly timeout: number;
}

const EXAMPLE = `
Examples:
  nodeeni uninstall --dry-run --cluster production
  nodeeni uninstall --timeout 30m --cluster production`;

/** `nodeeni uninstall`: the step before the functions are taken away, who alone can release. */
export const uninstallCommand = (onExit: (code: number) => void): Command =>
  addConsentOptions(addConnectionOptions(new Command('uninstall')))
    .description('delete all NodeENIs and wait until every interface is gone')
    .addOption(
      new Option('--timeout <duration>', 'how long to wait')
        .argParser(parseDurationSeconds)
        .default(600, '10m'),
    )
    .addHelpText('after', EXAMPLE)
    .action(async (given: Given) => {
      const { timeout: timeoutSeconds, dryRun: isDryRun = false } = given;
      checkConsent(given);
      const tools = await connectTools(given);
      const write = (text: string): boolean => process.stdout.write(text);
      const chosen = await allNodeEnis(tools.stores.nodeEnis);
      const options = { timeoutSeconds, isDryRun, write };
      await obtainConsent(given, async (tell) => {
        await releaseNodeEnis(tools, chosen, { ...options, isDryRun: true, write: tell });
        return chosen.length > 0;
      });
      onExit((await runUninstall(tools, options, chosen)) ? 0 : 1);
    });
