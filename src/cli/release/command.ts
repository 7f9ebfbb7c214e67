import { Command, Option } from 'commander';
import { addConnectionOptions, type ConnectionOptions } from '../connection.ts';
import { addConsentOptions, type ConsentOptions, checkConsent, obtainConsent } from '../consent.ts';
import { parseDurationSeconds } from '../duration.ts';
import { abandonNodeEnis } from './abandon.ts';
import { chooseNodeEnis } from './choose.ts';
import { releaseNodeEnis } from './release.ts';
import { connectTools } from './tools.ts';

interface Given extends ConnectionOptions, ConsentOptions {
  readonly timeout: number;
  readonly abandon?: boolean;
}

const EXAMPLE = `
Examples:
  nodeeni release my-nodeeni --cluster production
  nodeeni release my-nodeeni --abandon --cluster production`;

/** `nodeeni release`: deletes NodeENIs and sees to it that nothing stays, or says what does. */
export const releaseCommand = (onExit: (code: number) => void): Command =>
  addConsentOptions(addConnectionOptions(new Command('release')))
    .description('delete NodeENIs and wait until their interfaces are gone')
    .argument('<nodeenis...>', 'names of NodeENIs')
    .addOption(
      new Option('--timeout <duration>', 'how long to wait')
        .argParser(parseDurationSeconds)
        .default(600, '10m'),
    )
    .option('--abandon', 'wait for nothing: drop the finalizer, and print what stays in EC2')
    .addHelpText('after', EXAMPLE)
    .action(async (names: readonly string[], given: Given) => {
      const { timeout: timeoutSeconds, abandon = false, dryRun: isDryRun = false } = given;
      checkConsent(given);
      const tools = await connectTools(given, { mayBeBlind: abandon });
      const write = (text: string): boolean => process.stdout.write(text);
      const chosen = await chooseNodeEnis(tools.stores.nodeEnis, names);
      const options = { timeoutSeconds, isDryRun, write };
      const run = abandon ? abandonNodeEnis : releaseNodeEnis;
      await obtainConsent(given, (tell) =>
        run(tools, chosen, { ...options, isDryRun: true, write: tell }),
      );
      const isGood = await run(tools, chosen, options);
      onExit(isGood ? 0 : 1);
    });
