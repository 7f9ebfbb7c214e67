import { Command } from 'commander';
import { systemClock } from '#operator/system-clock.ts';
import { operatorOver } from '../command-operator.ts';
import { addConnectionOptions, type ConnectionOptions, connect } from '../connection.ts';
import { runRetry } from './run.ts';

const EXAMPLE = `
Examples:
  nodeeni retry my-nodeeni --cluster production`;

/** `nodeeni retry`: what was refused is tried again at once. It changes nothing but an annotation. */
export const retryCommand = (): Command =>
  addConnectionOptions(new Command('retry'))
    .description('try again at once what was refused, after it was set right')
    .argument('<nodeenis...>', 'names of NodeENIs, also of deleted ones that do not go')
    .addHelpText('after', EXAMPLE)
    .action(async (names: readonly string[], options: ConnectionOptions) => {
      const connection = await connect(options, { mayBeBlind: true });
      const { states } = operatorOver(connection, options.cluster).stores;
      const { kubernetes } = connection;
      for (const name of names)
        process.stdout.write(await runRetry({ kubernetes, states, clock: systemClock }, name));
    });
