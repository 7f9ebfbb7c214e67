import { Command, Option } from 'commander';
import { createCommandOperator } from '../command-operator.ts';
import { Complaint } from '../complaint.ts';
import { addConnectionOptions, type ConnectionOptions } from '../connection.ts';
import { fitted } from '../fit.ts';
import { withProgress } from '../progress.ts';
import type { PlanOutcome } from './outcome.ts';
import { runPlan } from './run.ts';

interface Given extends ConnectionOptions {
  readonly output: string;
  readonly detailedExitcode?: boolean;
  readonly vpc?: readonly string[];
}

const EXAMPLE = `
Examples:
  nodeeni plan ip-10-0-1-23.ec2.internal --cluster production
  nodeeni plan --detailed-exitcode --cluster production`;

/** As those of "terraform plan -detailed-exitcode": something that cannot be done is an error. */
const DETAILED_CODES: Readonly<Record<PlanOutcome, number>> = { none: 0, blocked: 1, changes: 2 };

/** To whoever asks for detailed codes a 2 means changes, so a refusal is an error like others. */
const withoutRefusal = (error: unknown): unknown =>
  error instanceof Complaint ? new Complaint(error.message) : error;

/** `nodeeni plan`: prints what would be done, and does nothing. `onExit` is given the exit code. */
export const planCommand = (onExit: (code: number) => void): Command =>
  addConnectionOptions(new Command('plan'))
    .description('print what would be done to a node, an instance or all, and do nothing')
    .argument('[subject]', 'name of a node, or id of an instance')
    .addOption(
      new Option('-o, --output <format>', 'how to print it')
        .choices(['text', 'json'])
        .default('text'),
    )
    .option(
      '--detailed-exitcode',
      'exit with 0 for nothing to do, 1 for an error or something blocked, 2 for changes',
    )
    .option(
      '--vpc <id...>',
      'the vpcIds of the deploy (default: any by id, the node’s own by name)',
    )
    .addHelpText('after', EXAMPLE)
    .action(async (subject: string | undefined, options: Given) => {
      const { output, detailedExitcode: isDetailed = false, vpc: vpcIds } = options;
      const settings = vpcIds && { vpcIds };
      const operator = await createCommandOperator(options, settings).catch((error: unknown) => {
        throw isDetailed ? withoutRefusal(error) : error;
      });
      const text = await withProgress((at) =>
        runPlan(operator, {
          isJson: output === 'json',
          ...(subject !== undefined && { subject }),
          onOutcome: (outcome) => onExit(isDetailed ? DETAILED_CODES[outcome] : 0),
          at,
        }),
      );
      process.stdout.write(output === 'text' ? fitted(text, process.stdout) : text);
    });
