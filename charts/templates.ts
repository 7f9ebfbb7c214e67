import { stringify } from 'yaml';
import { AGENT } from '#core/manifests/agent.ts';
import { bundleName } from '#core/manifests/agent-daemon-set.ts';
import { clusterManifests } from '#core/manifests/cluster-manifests.ts';
import { type Manifest, NAMESPACE } from '#core/manifests/manifest.ts';
import { monitoringManifests } from '#core/manifests/monitoring.ts';

/** Stands where a value of the chart will stand; no manifest has such a text of its own. */
const PLACE = {
  group: 'place-of-the-group',
  webhookUrl: 'https://place-of-the.webhook/url',
  image: 'place-of-the-image',
  pluginNamespace: 'place-of-the-plugin-namespace',
  bundle: 'place-of-the-bundle',
  nodeSelector: 'place-of-the-node-selector',
  tolerations: 'place-of-the-tolerations',
  resources: 'place-of-the-resources',
  env: 'place-of-the-env',
  seLinuxOptions: 'place-of-the-selinux-options',
  runbook: 'place-of-the-runbook',
} as const;

/** Where the chart keeps the agent in one file. */
export const BUNDLE_FILE = 'files/agent.mjs';

const BUNDLE_NAME = bundleName(PLACE.bundle);

/** The parts of the DaemonSet that people fit to their nodes. */
interface DaemonSet extends Manifest {
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly [Container] } };
  };
}

interface Container {
  readonly env: readonly object[];
  readonly securityContext: { readonly seLinuxOptions: object };
}

const isDaemonSet = (manifest: Manifest): manifest is DaemonSet => manifest.kind === 'DaemonSet';

const containerOf = ({ spec }: DaemonSet): Container => spec.template.spec.containers[0];

const withPlaces = (manifest: Manifest): Manifest => {
  if (!isDaemonSet(manifest)) return manifest;
  const { template } = manifest.spec;
  const { nodeSelector, tolerations, resources, env, seLinuxOptions } = PLACE;
  const container = containerOf(manifest);
  const securityContext = { ...container.securityContext, seLinuxOptions };
  const containers = [{ ...container, resources, env, securityContext }];
  const spec = { ...template.spec, nodeSelector, tolerations, containers };
  return { ...manifest, spec: { ...manifest.spec, template: { ...template, spec } } };
};

/** What stands in each place. A value is either a whole scalar of the YAML or, where the schema allows no quotes, in a text. */
const valuesFor = (container: Container | undefined): readonly (readonly [string, string])[] => [
  [`: ${PLACE.webhookUrl}`, ': {{ $.Values.webhook.url | quote }}'],
  [`: ${PLACE.group}`, ': {{ $.Values.group | quote }}'],
  [PLACE.group, '{{ $.Values.group }}'],
  [`: ${PLACE.image}`, ': {{ $.Values.agent.image | quote }}'],
  [`namespace: ${PLACE.pluginNamespace}`, 'namespace: {{ . | quote }}'],
  [PLACE.pluginNamespace, '{{ join "," $.Values.agent.pluginNamespaces }}'],
  [`: ${PLACE.bundle}`, `: {{ $.Files.Get "${BUNDLE_FILE}" | toJson }}`],
  [BUNDLE_NAME, `${AGENT}-{{ $.Files.Get "${BUNDLE_FILE}" | sha256sum | trunc 12 }}`],
  [PLACE.nodeSelector, '{{ $.Values.agent.nodeSelector | toJson }}'],
  [PLACE.tolerations, '{{ $.Values.agent.tolerations | toJson }}'],
  [PLACE.resources, '{{ $.Values.agent.resources | toJson }}'],
  [
    PLACE.env,
    `{{ concat (\`${JSON.stringify(container?.env)}\` | fromJsonArray) $.Values.agent.env | toJson }}`,
  ],
  [
    `seLinuxOptions: ${PLACE.seLinuxOptions}`,
    `{{ if $.Values.agent.bottlerocket }}seLinuxOptions: ${JSON.stringify(container?.securityContext.seLinuxOptions)}{{ end }}`,
  ],
  [PLACE.runbook, '{{ $.Values.monitoring.runbookUrl }}'],
  [`: ${NAMESPACE}\n`, ': {{ $.Release.Namespace | quote }}\n'],
  [NAMESPACE, '{{ $.Release.Namespace }}'],
];

const templateOf = (manifest: Manifest): string => {
  const container = isDaemonSet(manifest) ? containerOf(manifest) : undefined;
  const text = stringify(withPlaces(manifest), { lineWidth: 0, aliasDuplicateObjects: false });
  // What Helm would take for a template of its own, in a description for one.
  const plain = text.replaceAll('{{', '{{ "{{" }}');
  return valuesFor(container).reduce(
    (done, [place, value]) => done.replaceAll(place, value),
    plain,
  );
};

const templatesOf = (manifests: readonly Manifest[]): string =>
  manifests.map((manifest) => `---\n${templateOf(manifest)}`).join('');

const onlyIf = (condition: string, text: string): string =>
  `{{- if ${condition} }}\n${text}{{- end }}\n`;

const forEachPluginNamespace = (text: string): string =>
  `{{- range $.Values.agent.pluginNamespaces }}\n${text}{{- end }}\n`;

const HEADER = '{{- /* Made from the manifests of nodeeni. */ -}}\n';

const identityOf = ({ kind, metadata }: Manifest): string => `${kind} ${metadata.name}`;

type Part = 'crds' | 'webhook' | 'agent' | 'plugin' | 'monitoring' | 'functions';

const MONITORING = new Set(monitoringManifests().map(identityOf));

const partOf = (manifest: Manifest): Part => {
  const { kind, metadata } = manifest;
  if (kind === 'CustomResourceDefinition') return 'crds';
  if (kind === 'ValidatingWebhookConfiguration') return 'webhook';
  if (MONITORING.has(identityOf(manifest))) return 'monitoring';
  if (metadata.namespace === PLACE.pluginNamespace) return 'plugin';
  return metadata.name.startsWith('nodeeni-agent') ? 'agent' : 'functions';
};

/**
 * The chart's templates by their file names, made from the very manifests that `nodeeni manifests` prints. The Namespace is
 * left out: a release is installed into one.
 */
export const chartTemplates = (): Readonly<Record<string, string>> => {
  const manifests = clusterManifests({
    group: PLACE.group,
    webhookUrl: PLACE.webhookUrl,
    agent: {
      bundle: PLACE.bundle,
      image: PLACE.image,
      pluginNamespaces: [PLACE.pluginNamespace],
      isForBottlerocket: true,
    },
    monitoring: { runbook: PLACE.runbook },
  }).filter(({ kind }) => kind !== 'Namespace');
  const of = (part: Part): string => templatesOf(manifests.filter((each) => partOf(each) === part));
  const agent = `${of('agent')}${forEachPluginNamespace(of('plugin'))}`;
  return {
    'crds.yaml': HEADER + onlyIf('$.Values.crds.enabled', of('crds')),
    'functions.yaml': HEADER + of('functions'),
    'webhook.yaml': HEADER + onlyIf('$.Values.webhook.url', of('webhook')),
    'agent.yaml': HEADER + onlyIf('$.Values.agent.enabled', agent),
    'monitoring.yaml': HEADER + onlyIf('$.Values.monitoring.enabled', of('monitoring')),
  };
};
