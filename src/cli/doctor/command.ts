import { Command, Option } from 'commander';
import { FUNCTIONS_GROUP } from '#core/manifests/manifest.ts';
import { createAccount } from '#operator/account.ts';
import { systemClock } from '#operator/system-clock.ts';
import { operatorOver } from '../command-operator.ts';
import {
  addConnectionOptions,
  awsSettingsFor,
  type ConnectionOptions,
  connect,
} from '../connection.ts';
import { fitted } from '../fit.ts';
import { findAgentBundle } from '../manifests/agent-bundle.ts';
import { withProgress } from '../progress.ts';
import { OWN_VERSION } from '../version/command.ts';
import { examineAll } from './examine.ts';
import { askRelay } from './relay-answer.ts';
import { asJson, asText, exitCodeFor } from './report.ts';

interface Given extends ConnectionOptions {
  readonly output: string;
  readonly group: string;
}

const EXAMPLE = `
Examples:
  nodeeni doctor --cluster production
  nodeeni doctor --cluster production -o json | jq '.[].findings[]'

Exit codes: 0 nothing to mend; 1 warnings, or nothing could be asked;
2 something does not work.`;

/** `nodeeni doctor`: what of an installation is not as it should be, and what mends it. Reads only. */
export const doctorCommand = (onExit: (code: number) => void): Command =>
  addConnectionOptions(new Command('doctor'))
    .description('look for what keeps an installation from working, and say what mends it')
    .option('--group <name>', 'Kubernetes group of the functions', FUNCTIONS_GROUP)
    .addOption(
      new Option('-o, --output <format>', 'how to print it')
        .choices(['text', 'json'])
        .default('text'),
    )
    .addHelpText('after', EXAMPLE)
    .action(async (options: Given) => {
      const connection = await connect(options, { needsCrds: false });
      const { kubernetes, probe, eksName } = connection;
      const agentBundle = findAgentBundle();
      const outside = {
        clusterName: options.cluster,
        group: options.group,
        now: systemClock.now(),
        kubernetes,
        probe,
        version: OWN_VERSION,
        account: createAccount(awsSettingsFor(options)),
        ...(eksName !== undefined && { eksName }),
        stores: operatorOver(connection, options.cluster).stores,
        askRelay,
        ...(agentBundle !== undefined && { agentBundle }),
      };
      const all = await withProgress((at) => examineAll(outside, at));
      process.stdout.write(
        options.output === 'json' ? asJson(all) : fitted(asText(all), process.stdout),
      );
      onExit(exitCodeFor(all));
    });
