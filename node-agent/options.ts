import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf } from './agent/errors.ts';
import type { Settings } from './agent/settings.ts';
import type { NetworkFolders } from './host/network-files.ts';
import type { Roots } from './host/roots.ts';
import type { ConnectionSettings } from './kubernetes/connection.ts';
import { OPTION_NAMES, optionSchema, type RawOptions } from './option-schema.ts';
import { variableOf } from './usage.ts';

/** Input that cannot be worked with; the message is for the person who wrote it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface AgentOptions {
  readonly command: 'run' | 'apply';
  /** True: say what would be done, and change nothing. */
  readonly isPlanOnly: boolean;
  readonly instanceId?: string;
  readonly nodeName?: string;
  readonly connection: ConnectionSettings;
  readonly settings: Settings;
  /** Counts of the drivers that become metrics. */
  readonly linkCounters: readonly string[];
  readonly roots: Roots;
  readonly commandPrefix: readonly string[];
  readonly pluginConfigPath: string;
  /** Of the host, for the networks of pods. */
  readonly networkFolders: NetworkFolders;
  readonly hostRoot: string;
  readonly plugin: { readonly namespaces: readonly string[]; readonly labels: readonly string[] };
  readonly resyncSeconds: number;
  readonly port?: number;
  readonly listenAddress?: string;
  readonly desired?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const fromEnvironment = (environment: Environment): Record<string, string> =>
  Object.fromEntries(
    OPTION_NAMES.flatMap((name) => {
      const value = environment[variableOf(name)];
      return value === undefined || value === '' ? [] : [[name, value]];
    }),
  );

const parsedArguments = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...Object.fromEntries(OPTION_NAMES.map((name) => [name, { type: 'string' as const }])),
        once: { type: 'boolean', default: false },
        plan: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(messageOf(error), { cause: error });
  }
};

const commandOf = (positionals: readonly string[], isOnce: unknown): AgentOptions['command'] => {
  const command = positionals.join(' ');
  if (command === 'agent run') return 'run';
  if (command !== 'agent apply') throw new UsageError('write: agent run, or agent apply --once');
  if (isOnce !== true) throw new UsageError('agent apply needs --once');
  return 'apply';
};

const checked = (values: object): RawOptions => {
  const options = optionSchema.safeParse(values);
  if (options.success) return options.data;
  throw new UsageError(
    options.error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`).join('; '),
  );
};

/**
 * Reads the command line; what it leaves out comes from `NODEENI_…` in the environment (`--pci-ids` is
 * `NODEENI_PCI_IDS`). Throws a `UsageError` that names every fault.
 */
export const parseOptions = (args: readonly string[], environment: Environment): AgentOptions => {
  const { values, positionals } = parsedArguments(args);
  const { once, plan, ...asked } = values;
  const command = commandOf(positionals, once);
  const raw = checked({ ...fromEnvironment(environment), ...asked });
  return {
    command,
    isPlanOnly: plan === true,
    connection: {
      ...(raw.server === undefined ? {} : { server: raw.server }),
      ...(raw['ca-file'] === undefined ? {} : { caFile: raw['ca-file'] }),
      ...(raw['token-file'] === undefined ? {} : { tokenFile: raw['token-file'] }),
    },
    settings: {
      pciIds: raw['pci-ids'],
      allowsNoIommu: raw['no-iommu'],
      advertises: raw['device-plugin'],
      replacesCorruptConfig: raw['corrupt-config'] === 'replace',
    },
    linkCounters: raw['link-counters'],
    roots: {
      sysfs: raw['sysfs-root'],
      proc: raw['proc-root'],
      udev: raw['udev-root'],
      run: raw['run-root'],
    },
    commandPrefix: raw['host-command'],
    pluginConfigPath: raw['plugin-config'] ?? join(raw['etc-root'], 'pcidp/config.json'),
    networkFolders: {
      networks: raw['network-folder'],
      config: raw['cni-folder'],
      plugins: raw['cni-plugin-folder'],
      addresses: raw['pod-address-folder'],
    },
    hostRoot: raw['host-root'],
    plugin: { namespaces: raw['plugin-namespaces'], labels: raw['plugin-labels'] },
    resyncSeconds: raw['resync-seconds'],
    ...(raw['instance-id'] === undefined ? {} : { instanceId: raw['instance-id'] }),
    ...(raw['node-name'] === undefined ? {} : { nodeName: raw['node-name'] }),
    ...(raw.port === undefined ? {} : { port: raw.port }),
    ...(raw['listen-address'] === undefined ? {} : { listenAddress: raw['listen-address'] }),
    ...(raw.desired === undefined ? {} : { desired: raw.desired }),
  };
};
