import { stringify } from 'yaml';
import { FINALIZER } from '#core/apis/v1alpha1/names.ts';
import type { KubeApiserver } from '#test/support/servers/kube-apiserver.ts';
import { NODE_ENIS_PATH } from '../kube-client.ts';
import { apply, manifestFor } from '../manifests.ts';
import { makePeerInterface } from '../peer-interface.ts';
import type { Scene } from '../scene.ts';

const NAME = 'multus-eni-config';
const NAMESPACE = 'eni-controller-system';

const text = { type: 'string' };
const texts = { type: 'array', items: text };

/** The definition that the Go controller brings, in the fields that matter here: what it does not know is dropped. */
const CRD = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'nodeenis.networking.k8s.aws' },
  spec: {
    group: 'networking.k8s.aws',
    names: { kind: 'NodeENI', plural: 'nodeenis', singular: 'nodeeni', shortNames: ['neni'] },
    scope: 'Cluster',
    versions: [
      {
        name: 'v1alpha1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                properties: {
                  nodeSelector: { type: 'object', additionalProperties: text },
                  subnetID: text,
                  subnetIDs: texts,
                  securityGroupIDs: texts,
                  deviceIndex: { type: 'integer' },
                  deleteOnTermination: { type: 'boolean' },
                  description: text,
                  mtu: { type: 'integer' },
                },
              },
              status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
            },
          },
        },
      },
    ],
  },
};

const workload = (kind: 'Deployment' | 'DaemonSet', name: string) => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name, namespace: NAMESPACE },
  spec: {
    ...(kind === 'Deployment' && { replicas: 1 }),
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name, image: 'registry.example/eni:v1' }] },
    },
  },
});

const OBJECTS = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } },
  workload('Deployment', 'eni-controller'),
  workload('DaemonSet', 'eni-manager'),
];

/** Installs the Go controller in a cluster as its chart does: the definition, and what runs. In: what a person types. */
export const applyGoController = async (kubectl: KubeApiserver['kubectl']): Promise<void> => {
  const mustRun = async (args: readonly string[], stdin?: string): Promise<void> => {
    const { code, stderr } = await kubectl(args, stdin);
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
  };
  await mustRun(['apply', '--filename=-'], stringify(CRD));
  await mustRun(['wait', '--for=condition=Established', '--timeout=30s', 'crd', '--all']);
  await mustRun(['apply', '--filename=-'], OBJECTS.map((each) => stringify(each)).join('---\n'));
};

/** Makes the cluster and the account what they are where the Go controller has run. Out: its interfaces. */
export const installGoController = async (scene: Scene): Promise<readonly string[]> => {
  const { stage, client, fleet } = scene;
  await stage.kubectl(['delete', 'crd', '--all', '--wait=true']);
  await applyGoController(stage.kubectl);
  const rows = await Promise.all(fleet.nodes.map((node) => makePeerInterface(scene, node, NAME)));
  await apply(scene, manifestFor(fleet, {}, NAME));
  await client.call('PATCH', `${NODE_ENIS_PATH}/${NAME}`, {
    metadata: { finalizers: [FINALIZER] },
  });
  return rows.map(({ eniID }) => eniID).toSorted();
};
