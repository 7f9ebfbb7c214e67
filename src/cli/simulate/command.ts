import { Command, InvalidArgumentError, Option } from 'commander';
import { type Buckets, parseBucket, parseCount } from './options.ts';
import { runSimulate } from './run.ts';

interface Given {
  readonly nodes: number;
  readonly interfaces: number;
  readonly instanceType: string;
  readonly budget: number;
  readonly bucket: Buckets;
  readonly json?: boolean;
  readonly svg?: string;
}

const parseShare = (text: string): number => {
  const share = Number(text);
  if (share > 0 && share <= 1) return share;
  throw new InvalidArgumentError('Write a part of AWS’s request buckets: above 0, at most 1.');
};

const EXAMPLE = `
Examples:
  nodeeni simulate --nodes 500 --interfaces 4 --instance-type m5.4xlarge
  nodeeni simulate --bucket CreateNetworkInterface=50:2 --svg launch.svg`;

/** `nodeeni simulate`: what the launch of a fleet takes. `onExit` is given 0, or 1 when it did not converge. */
export const simulateCommand = (onExit: (code: number) => void): Command =>
  new Command('simulate')
    .description('how long the launch of a fleet takes, its calls and its cost, on a simulator')
    .addOption(
      new Option('--nodes <count>', 'nodes that start at once').argParser(parseCount).default(100),
    )
    .addOption(
      new Option('--interfaces <count>', 'interfaces of each node beside its own')
        .argParser(parseCount)
        .default(2),
    )
    .option('--instance-type <type>', 'instance type, for its limit of interfaces', 'm5.4xlarge')
    .addOption(
      new Option('--budget <share>', 'part of AWS’s request buckets to use')
        .argParser(parseShare)
        .default(0.5),
    )
    .addOption(
      new Option(
        '--bucket <action=size:refill>',
        'a request bucket of this account, where it is not the one AWS publishes; may be given again',
      )
        .argParser(parseBucket)
        .default({}, 'AWS’s published ones'),
    )
    .option('--json', 'print the figures as JSON')
    .option('--svg <file>', 'write the chart to this file')
    .addHelpText('after', EXAMPLE)
    .action(async ({ bucket: buckets, json: isJson = false, ...options }: Given) => {
      const { stdout, stderr } = process;
      const code = await runSimulate(
        { ...options, buckets, isJson },
        {
          write: (text) => void stdout.write(text),
          writeProgress: (text) => void stderr.write(text),
          isTerminal: stdout.isTTY === true && stdout.hasColors(),
          isProgressTerminal: stderr.isTTY === true,
          now: () => performance.now(),
        },
      );
      onExit(code);
    });
