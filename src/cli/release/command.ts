import { Command, Option } from 'commander';
import { addConnectionOptions, type ConnectionOptions } from '../connection.ts';
import { parseDurationSeconds } from '../duration.ts';
import { abandonNodeEnis } from './abandon.ts';
import { chooseNodeEnis } from './choose.ts';
import { releaseNodeEnis } from './release.ts';
import { connectTools } from './tools.ts';

interface Given extends ConnectionOptions {
  readonly timeout: number;
  readonly abandon?: boolean;
  readonly dryRun?: boolean;
}

const EXAMPLE = `
Examples:
  nodeeni release my-nodeeni --cluster production
  nodeeni release my-nodeeni --abandon --cluster production`;

/** `nodeeni release`: deletes NodeENIs and sees to it that nothing stays, or says what does. */
export const releaseCommand = (onExit: (code: number) => void): Command =>
  addConnectionOptions(new Command('release'))
    .description('delete NodeENIs and wait until their interfaces are gone')
    .argument('<nodeenis...>', 'names of NodeENIs')
    .addOption(
      new Option('--timeout <duration>', 'how long to wait')
        .argParser(parseDurationSeconds)
        .default(600, '10m'),
    )
    .option('--abandon', 'wait for nothing: drop the finalizer, and print what stays in EC2')
    .option('--dry-run', 'tell only')
    .addHelpText('after', EXAMPLE)
    .action(async (names: readonly string[], given: Given) => {
      const { timeout: timeoutSeconds, abandon = false, dryRun: isDryRun = false } = given;
      const tools = await connectTools(given);
      const write = (text: string): boolean => process.stdout.write(text);
      const chosen = await chooseNodeEnis(tools.stores.nodeEnis, names);
      const options = { timeoutSeconds, isDryRun, write };
      const isGood = await (abandon ? abandonNodeEnis : releaseNodeEnis)(tools, chosen, options);
      onExit(isGood ? 0 : 1);
    });
