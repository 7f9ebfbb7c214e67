import { parseAllDocuments } from 'yaml';
import type { Manifest } from '#core/manifests/manifest.ts';
import { type CommandResult, runCommand } from '#test/support/servers/run-command.ts';
import { ensureTool } from './tools.ts';

export const CHART = 'dist/charts/nodeeni';

export const NAMESPACE = 'nodeeni-system';

/** All of ours that the chart can bring. */
export const ALL_OF_OURS = [
  '--set=agent.enabled=true',
  '--set=webhook.url=https://relay.example.com/secret',
];

/** And what is of kinds that others bring. */
export const EVERYTHING = [...ALL_OF_OURS, '--set=monitoring.enabled=true'];

/** Runs the real helm; without a kubeconfig it knows no cluster. */
export const helm = async (
  args: readonly string[],
  kubeconfig = '/dev/null',
): Promise<CommandResult> =>
  runCommand(await ensureTool('helm'), args, { env: { KUBECONFIG: kubeconfig } });

export const parseManifests = (text: string): readonly Manifest[] =>
  parseAllDocuments(text)
    .map((document) => document.toJS() as Manifest | null)
    .filter((manifest) => manifest !== null);

export const byName = (manifests: readonly Manifest[]): Readonly<Record<string, Manifest>> =>
  Object.fromEntries(
    manifests.map((manifest) => {
      const { name, namespace = '' } = manifest.metadata;
      return [`${manifest.kind} ${namespace}/${name}`, manifest];
    }),
  );
