import { stringify } from 'yaml';
import { FINALIZER } from '#core/apis/v1alpha1/names.ts';
import type { KubeApiserver } from '#test/support/servers/kube-apiserver.ts';
import { NODE_ENIS_PATH } from '../kube-client.ts';
import { apply, manifestFor } from '../manifests.ts';
import { makePeerInterface } from '../peer-interface.ts';
import type { Scene } from '../scene.ts';

const NAME = 'multus-eni-config';

/** A NodeENI whose devices the Go controller's agent has bound. */
export const DPDK_NAME = 'dpdk-eni';
export const DPDK = {
  enableDPDK: true,
  dpdkDriver: 'vfio-pci',
  dpdkResourceName: 'intel.com/intel_sriov_netdevice',
  dpdkPCIAddress: '0000:00:07.0',
};

const NAMESPACE = 'eni-controller-system';

const text = { type: 'string' };
const texts = { type: 'array', items: text };

const whole = { type: 'integer' };
const flag = { type: 'boolean' };

/** The rows that the Go controller writes, of which each node has one. */
const attachment = {
  type: 'object',
  properties: {
    ...{ nodeID: text, instanceID: text, eniID: text, attachmentID: text },
    ...{ subnetID: text, subnetCIDR: text, mtu: whole, deviceIndex: whole, status: text },
    lastUpdated: { type: 'string', format: 'date-time' },
    ...{ dpdkBound: flag, dpdkDriver: text, dpdkResourceName: text, dpdkPCIAddress: text },
  },
};

/** The definition that the Go controller brings, with all its fields: what it does not know (`dpdkEnabled`) is dropped. */
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
                  ...{ subnetID: text, subnetIDs: texts, subnetName: text, subnetNames: texts },
                  ...{ securityGroupIDs: texts, securityGroupNames: texts },
                  deviceIndex: { ...whole, default: 1 },
                  deleteOnTermination: { ...flag, default: true },
                  ...{ description: text, mtu: whole },
                  ...{ enableDPDK: flag, dpdkDriver: text },
                  ...{ dpdkResourceName: text, dpdkPCIAddress: text },
                },
                required: ['nodeSelector'],
              },
              status: {
                type: 'object',
                properties: { attachments: { type: 'array', items: attachment } },
              },
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
  const serve = async (
    name: string,
    spec: { readonly deviceIndex: number; readonly [field: string]: unknown },
  ) => {
    const attachments = await Promise.all(
      fleet.nodes.map((node) => makePeerInterface(scene, node, name, spec.deviceIndex)),
    );
    const path = `${NODE_ENIS_PATH}/${name}`;
    await apply(scene, manifestFor(fleet, spec, name));
    await client.call('PATCH', path, { metadata: { finalizers: [FINALIZER] } });
    await client.call('PATCH', `${path}/status`, { status: { attachments } });
    return attachments.map(({ eniID }) => eniID);
  };
  const links = await serve(NAME, { deviceIndex: 2, mtu: 9001 });
  const devices = await serve(DPDK_NAME, { deviceIndex: 3, ...DPDK });
  return [...links, ...devices].toSorted();
};
