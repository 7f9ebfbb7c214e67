import { Command, Option } from 'commander';
import { FUNCTIONS_GROUP } from '#core/manifests/manifest.ts';
import { runManifests } from './run.ts';

interface Given {
  readonly webhookUrl?: string;
  readonly group: string;
  readonly withoutCrds?: boolean;
}

const EXAMPLE = `
Examples:
  nodeeni manifests | kubectl apply -f -
  nodeeni manifests --without-crds --webhook-url "$URL" > nodeeni.yaml`;

/** `nodeeni manifests`: prints what the functions need in a cluster. */
export const manifestsCommand = (): Command =>
  new Command('manifests')
    .description('print the objects a cluster needs as YAML, for kubectl, Helm, Argo CD or Flux')
    .addOption(
      new Option(
        '--webhook-url <url>',
        'URL of the relay function with its secret path (default: no webhook)',
      ).env('NODEENI_WEBHOOK_URL'),
    )
    .option('--group <name>', 'Kubernetes group of the functions', FUNCTIONS_GROUP)
    .option('--without-crds', 'leave the CustomResourceDefinitions out')
    .addHelpText('after', EXAMPLE)
    .action(({ webhookUrl, group, withoutCrds = false }: Given) => {
      process.stdout.write(
        runManifests({
          group,
          hasCrds: !withoutCrds,
          ...(webhookUrl !== undefined && { webhookUrl }),
        }),
      );
    });
