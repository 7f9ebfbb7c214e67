import { Command, Option } from 'commander';
import { createCommandOperator } from '../command-operator.ts';
import { addConnectionOptions, type ConnectionOptions } from '../connection.ts';
import { runPlan } from './run.ts';

const EXAMPLE = `
Example:
  nodeeni plan ip-10-0-1-23.ec2.internal --cluster production`;

/** `nodeeni plan`: prints what would be done, and does nothing. */
export const planCommand = (): Command =>
  addConnectionOptions(new Command('plan'))
    .description('print what would be done to a node, an instance or all, and do nothing')
    .argument('[subject]', 'name of a node, or id of an instance')
    .addOption(
      new Option('-o, --output <format>', 'how to print it')
        .choices(['text', 'json'])
        .default('text'),
    )
    .addHelpText('after', EXAMPLE)
    .action(
      async (
        subject: string | undefined,
        options: ConnectionOptions & { readonly output: string },
      ) => {
        const operator = await createCommandOperator(options);
        const isJson = options.output === 'json';
        const text = await runPlan(operator, { isJson, ...(subject !== undefined && { subject }) });
        process.stdout.write(text);
      },
    );
