import { Command, Option } from 'commander';
import { systemClock } from '#operator/system-clock.ts';
import { operatorOver } from '../command-operator.ts';
import { addConnectionOptions, type ConnectionOptions, connect } from '../connection.ts';
import { fitted } from '../fit.ts';
import { withProgress } from '../progress.ts';
import { FORMATS, type Format, runExplain } from './run.ts';

interface Given extends ConnectionOptions {
  readonly output: Format;
}

const EXAMPLE = `
Examples:
  nodeeni explain ip-10-0-1-23.ec2.internal --cluster production
  nodeeni explain my-nodeeni --cluster production -o svg > launch.svg`;

/** `nodeeni explain`: where the time between a launch and ready went, and what is waited for now. */
export const explainCommand = (): Command =>
  addConnectionOptions(new Command('explain'))
    .description('tell what happened to a node, an instance or the interfaces of a NodeENI')
    .argument('<subject>', 'name of a node or a NodeENI, or id of an instance')
    .addOption(
      new Option('-o, --output <format>', 'how to print it').choices(FORMATS).default('text'),
    )
    .addHelpText('after', EXAMPLE)
    .action(async (name: string, options: Given) => {
      const connection = await connect(options);
      const source = {
        operator: operatorOver(connection, options.cluster),
        kubernetes: connection.kubernetes,
        clusterName: options.cluster,
        now: systemClock.now(),
      };
      const text = await withProgress((at) => {
        at(`reading what is known of ${name}`);
        return runExplain(source, { name, format: options.output });
      });
      process.stdout.write(options.output === 'text' ? fitted(text, process.stdout) : text);
    });
