import { Command, InvalidArgumentError, Option } from 'commander';
import { systemClock } from '#operator/system-clock.ts';
import { Refusal } from '../complaint.ts';
import { addConnectionOptions, type ConnectionOptions } from '../connection.ts';
import { parseDurationSeconds } from '../duration.ts';
import { isLoopback } from './http-guard.ts';
import { createLog } from './log.ts';
import { runLocal } from './run.ts';

interface Given extends ConnectionOptions {
  readonly port: number;
  readonly bind: string;
  readonly sweepInterval: number;
  readonly budget: number;
  readonly host: 'agent' | 'ssm' | 'either';
  readonly agentBundle?: string;
  readonly vpc?: readonly string[];
  readonly legacyTags?: boolean;
  readonly once?: boolean;
}

const parsePort = (text: string): number => {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new InvalidArgumentError('Write a port: a number from 0 (any free one) to 65535.');
};

const parseShare = (text: string): number => {
  const share = Number(text);
  if (share > 0 && share <= 1) return share;
  throw new InvalidArgumentError('Write a part of AWS’s request buckets: above 0, at most 1.');
};

const LEAST_TOKEN_LENGTH = 16;

/** Throws a `Refusal` where others could send events without knowing anything. */
const tokenFor = ({ bind }: Pick<Given, 'bind'>): { readonly token?: string } => {
  const { NODEENI_EVENTS_TOKEN: token = '' } = process.env;
  if (token.length >= LEAST_TOKEN_LENGTH) return { token };
  if (token === '' && isLoopback(bind)) return {};
  throw new Refusal(
    `To listen on ${bind} is to hear others: set NODEENI_EVENTS_TOKEN to a secret of ${LEAST_TOKEN_LENGTH} characters or more.`,
  );
};

/** A time limit signals a process and its group, so the signal comes twice: the second one must not kill what is ending. */
const untilSignal = (): AbortSignal => {
  const ending = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => ending.abort());
  return ending.signal;
};

const EXAMPLE = `
Example:
  nodeeni local --cluster production --region eu-west-1

AWS is reached by the SDK's own settings: AWS_PROFILE, AWS_ENDPOINT_URL, …
Send EventBridge events to POST /events as application/json, with the header
"Authorization: Bearer $NODEENI_EVENTS_TOKEN" where that variable is set.
GET /healthz and GET /metrics are for probes and Prometheus.`;

/** `nodeeni local`: the functions in one process against any cluster. `onExit` is given the exit code. */
export const localCommand = (onExit: (code: number) => void): Command =>
  addConnectionOptions(new Command('local'))
    .description('run the functions here, against any cluster and AWS account')
    .addOption(
      new Option('--port <number>', 'port of /events, /healthz and /metrics')
        .argParser(parsePort)
        .default(8080),
    )
    .addOption(
      new Option(
        '--bind <address>',
        'address to listen on; for more than this machine set a token',
      ).default('127.0.0.1'),
    )
    .addOption(
      new Option('--sweep-interval <duration>', 'time between sweeps')
        .argParser(parseDurationSeconds)
        .default(300, '5m'),
    )
    .addOption(
      new Option('--budget <share>', 'part of AWS’s request buckets to use')
        .argParser(parseShare)
        .default(0.5),
    )
    .addOption(
      new Option('--host <who>', 'who configures links: agents, or commands of Systems Manager')
        .choices(['agent', 'ssm', 'either'])
        .default('agent'),
    )
    .addOption(
      new Option('--agent-bundle <url>', 'where hosts fetch the agent that commands run').env(
        'AGENT_BUNDLE_URL',
      ),
    )
    .option(
      '--vpc <id...>',
      'VPCs in whose subnets interfaces may be made (default: any by id, the node’s own by name)',
    )
    .option('--legacy-tags', 'give ENIs the tags of the Go controller’s names, too')
    .option('--once', 'one sweep and what it leads to, print the result, exit')
    .addHelpText('after', EXAMPLE)
    .action(async ({ sweepInterval, once = false, vpc, legacyTags = false, ...options }: Given) => {
      const write = (text: string): void => {
        process.stdout.write(text);
      };
      const writeLog = (text: string): void => {
        // The result of --once is all that a program reads from its output.
        (once ? process.stderr : process.stdout).write(text);
      };
      const isForPeople = process.stdout.isTTY === true;
      const logger = createLog({ isForPeople, write: writeLog, now: () => new Date() });
      const code = await runLocal(
        {
          ...options,
          ...tokenFor(options),
          sweepIntervalSeconds: sweepInterval,
          settings: { ...(vpc && { vpcIds: vpc }), hasLegacyTags: legacyTags },
          isOnce: once,
        },
        { clock: systemClock, logger, write, signal: untilSignal() },
      );
      onExit(code);
    });
