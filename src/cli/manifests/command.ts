import { Command, Option } from 'commander';
import { AGENT_IMAGE } from '#core/manifests/agent-daemon-set.ts';
import type { AgentManifestOptions } from '#core/manifests/agent-manifests.ts';
import { FUNCTIONS_GROUP } from '#core/manifests/manifest.ts';
import { RUNBOOK } from '#core/manifests/monitoring.ts';
import { readAgentBundle } from './agent-bundle.ts';
import { readAgentFit, readNodeEnis } from './agent-files.ts';
import { runDeployerPolicy } from './deployer-policy.ts';
import { runManifests } from './run.ts';

interface Given {
  readonly webhookUrl?: string;
  readonly group: string;
  readonly withoutCrds?: boolean;
  readonly agent?: boolean;
  readonly agentImage: string;
  readonly pluginNamespace?: readonly string[];
  readonly deployerPolicy?: string | true;
  readonly permissionsBoundary?: string;
  readonly bottlerocket?: boolean;
  readonly agentFit?: string;
  readonly nodesOf?: readonly string[];
  readonly monitoring?: boolean;
  readonly runbookUrl: string;
}

const EXAMPLE = `
Examples:
  nodeeni manifests | kubectl apply --server-side -f -
  nodeeni manifests --agent | kubectl apply --server-side -f -
  nodeeni manifests --agent --nodes-of nodeenis.yaml --agent-fit fit.yaml
  nodeeni manifests --agent --monitoring | kubectl apply --server-side -f -
  nodeeni manifests --without-crds --webhook-url "$URL" > nodeeni.yaml
  nodeeni manifests --deployer-policy > deployer.json
  nodeeni manifests --deployer-policy acme- --permissions-boundary "$ARN"`;

const agentOptions = ({
  agentImage,
  pluginNamespace,
  bottlerocket = false,
  agentFit,
  nodesOf,
}: Given): AgentManifestOptions => ({
  bundle: readAgentBundle(),
  image: agentImage,
  isForBottlerocket: bottlerocket,
  ...(pluginNamespace !== undefined && { pluginNamespaces: pluginNamespace }),
  ...(agentFit !== undefined && { fit: readAgentFit(agentFit) }),
  ...(nodesOf !== undefined && { nodeEnis: readNodeEnis(nodesOf) }),
});

/** `nodeeni manifests`: prints what the functions, and the agent where it is asked for, need in a cluster. */
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
    .option('--agent', 'add the node agent: a DaemonSet with its rights and policies')
    .option('--agent-image <image>', 'image with Node 24 that runs the agent', AGENT_IMAGE)
    .option(
      '--plugin-namespace <name...>',
      'namespaces where the SR-IOV device plugin may run (default: kube-system)',
    )
    .option(
      '--deployer-policy [begin]',
      'print the IAM policy for whoever deploys instead, with what the names of the deploy begin with (default: nodeeni-)',
    )
    .option(
      '--permissions-boundary <arn>',
      'the policy that bounds each role of the deploy, for --deployer-policy',
    )
    .option(
      '--bottlerocket',
      'for nodes of Bottlerocket: give the agent the SELinux type it needs there',
    )
    .option(
      '--agent-fit <file>',
      'YAML or JSON that fits the agent to nodes: nodeSelector, affinity, tolerations, resources, env',
    )
    .option(
      '--nodes-of <file...>',
      'files with NodeENIs, or - : only nodes that one of them selects get an agent (default: all)',
    )
    .option(
      '--monitoring',
      'add a PodMonitor, a PrometheusRule and a dashboard of Grafana for what runs in the cluster',
    )
    .option('--runbook-url <url>', 'where the runbook is, for the links of the rules', RUNBOOK)
    .addHelpText('after', EXAMPLE)
    .action((given: Given) => {
      if (given.deployerPolicy !== undefined) {
        process.stdout.write(runDeployerPolicy(given));
        return;
      }
      const { webhookUrl, group, withoutCrds = false, agent = false } = given;
      const { monitoring = false, runbookUrl } = given;
      process.stdout.write(
        runManifests({
          group,
          hasCrds: !withoutCrds,
          ...(webhookUrl !== undefined && { webhookUrl }),
          ...(agent && { agent: agentOptions(given) }),
          ...(monitoring && { monitoring: { runbook: runbookUrl } }),
        }),
      );
    });
