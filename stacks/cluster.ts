import type { AgentManifestOptions } from '#core/manifests/agent-manifests.ts';
import { clusterManifests } from '#core/manifests/cluster-manifests.ts';
import { FUNCTIONS_GROUP, type Manifest } from '#core/manifests/manifest.ts';
import { webhookConfiguration } from '#core/manifests/webhook.ts';
import { AGENT_BUNDLE, readBuiltFile } from './built-file.ts';
import type { Options } from './options.ts';
import type { Scope } from './scope.ts';

/** With a CRD go all its objects, and with them the record of what was made in EC2. */
const isKept = ({ kind }: Manifest): boolean => kind === 'CustomResourceDefinition';

const nameOf = ({ kind, metadata: { namespace, name } }: Manifest): string =>
  [kind, namespace, name].filter((part) => part !== undefined).join('-');

/** What kubectl does: the AWS command line makes a token for whoever deploys ("Create a kubeconfig file", Amazon EKS User Guide). */
const eksKubeConfig = ({ child }: Scope, clusterName: string) => {
  const cluster = aws.eks.getClusterOutput({ name: clusterName }, child);
  return $jsonStringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': clusterName,
    contexts: [{ name: clusterName, context: { cluster: clusterName, user: clusterName } }],
    clusters: [
      {
        name: clusterName,
        cluster: {
          server: cluster.endpoint,
          'certificate-authority-data': cluster.certificateAuthorities[0]?.data,
        },
      },
    ],
    users: [
      {
        name: clusterName,
        user: {
          exec: {
            apiVersion: 'client.authentication.k8s.io/v1beta1',
            command: 'aws',
            args: ['eks', 'get-token', '--cluster-name', clusterName, '--output', 'json'],
          },
        },
      },
    ],
  });
};

/**
 * The cluster as seen from where the deploy runs: by its name in EKS, or by the kubeconfig of whoever deploys.
 *
 * Objects may be there already: `kubectl apply -f crds/`, `nodeeni manifests`, the Go controller, or a deploy before. By
 * default the provider refuses each of them (pulumi-kubernetes 4.29, #2926).
 */
export const connect = (
  scope: Scope,
  { access, clusterName }: Pick<Options, 'access' | 'clusterName'>,
) =>
  new kubernetes.Provider(
    scope.logical('Cluster'),
    {
      ...(access.type === 'eks'
        ? { kubeconfig: eksKubeConfig(scope, clusterName) }
        : access.context !== undefined && { context: access.context }),
      upsertExistingObjects: true,
    },
    scope.child,
  );

/**
 * What is said to the provider alone. Fields that another manager owns are taken over: the provider's own setting for all
 * objects came with 4.29, and apps of other people may have an older one. For a DaemonSet it would wait ten minutes for the
 * pods on every node, so that one NotReady node would fail the deploy (pulumi-kubernetes, provider/pkg/await/daemonset.go);
 * its pods tell for themselves.
 */
const withWords = (manifest: Manifest): Manifest => ({
  ...manifest,
  metadata: {
    ...manifest.metadata,
    annotations: {
      ...manifest.metadata.annotations,
      'pulumi.com/patchForce': 'true',
      ...(manifest.kind === 'DaemonSet' && { 'pulumi.com/skipAwait': 'true' }),
    },
  },
});

/**
 * One object. The provider knows kinds of the core group by classes of their own only: it reads the group off the type,
 * and these have none (pulumi-kubernetes, provider.go, gvkFromURN).
 */
const applyOne = (
  { logical, child }: Scope,
  manifest: Manifest,
  given: $util.CustomResourceOptions,
) => {
  const name = logical(nameOf(manifest));
  const options = { ...child, ...given };
  const { apiVersion, kind, ...args } = manifest;
  if (apiVersion !== 'v1')
    return new kubernetes.apiextensions.CustomResource(name, manifest, options);
  switch (kind) {
    case 'Namespace':
      return new kubernetes.core.v1.Namespace(name, args, options);
    case 'ConfigMap':
      return new kubernetes.core.v1.ConfigMap(name, args, options);
    case 'ServiceAccount':
      return new kubernetes.core.v1.ServiceAccount(name, args, options);
    default:
      throw new Error(`stacks/cluster.ts does not know the kind ${kind} of the core group`);
  }
};

/** Its URL is known only when the function is made. */
const webhookManifest = (url: $util.Output<string>): Manifest => ({
  ...webhookConfiguration('', FUNCTIONS_GROUP),
  webhooks: url.apply((known) => webhookConfiguration(known, FUNCTIONS_GROUP).webhooks),
});

const agentOf = ({
  agent: { isOn: _isOn, image, pluginNamespaces, ...fit },
}: Pick<Options, 'agent'>): AgentManifestOptions => ({
  bundle: readBuiltFile(AGENT_BUNDLE),
  image,
  pluginNamespaces,
  fit,
});

/** What the functions need in the cluster, and the agent where it is asked for. */
export const manifestsFor = (
  options: Pick<Options, 'agent'>,
  webhookUrl: $util.Output<string> | undefined,
): readonly Manifest[] => [
  ...clusterManifests(options.agent.isOn ? { agent: agentOf(options) } : {}),
  ...(webhookUrl === undefined ? [] : [webhookManifest(webhookUrl)]),
];

/**
 * Uid of the cluster: that of a namespace which every cluster has and nobody deletes. Of a cluster that is made anew under the
 * same name it is another, and the next deploy reads it.
 */
export const readClusterUid = (
  { logical, child }: Scope,
  provider: kubernetes.Provider,
): $util.Output<string | undefined> =>
  kubernetes.core.v1.Namespace.get(logical('KubeSystem'), 'kube-system', {
    ...child,
    provider,
  }).metadata.apply((metadata?: { readonly uid: string }) => metadata?.uid);

/**
 * Applies objects, each after those before it. In: what `clusterManifests` makes, whose URL may still be unknown.
 * Out: nothing. Definitions survive the removal of the deploy.
 */
export const applyManifests = (
  scope: Scope,
  provider: kubernetes.Provider,
  manifests: readonly Manifest[],
): void => {
  const applied: $util.Resource[] = [];
  for (const manifest of manifests)
    applied.push(
      applyOne(scope, withWords(manifest), {
        provider,
        dependsOn: applied.slice(-1),
        retainOnDelete: isKept(manifest),
      }),
    );
};
