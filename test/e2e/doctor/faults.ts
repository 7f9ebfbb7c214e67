import { CreateSubnetCommand, CreateTagsCommand, DeleteTagsCommand } from '@aws-sdk/client-ec2';
import { apply, manifestFor } from '../manifests.ts';
import { type Clinic, setAgents } from './clinic.ts';

/** Something that is broken, and what the doctor must say of it and of nothing else. */
export interface Fault {
  readonly title: string;
  readonly check: string;
  readonly severity: 'error' | 'warning' | 'note';
  readonly what: RegExp;
  readonly breakIt: (clinic: Clinic) => Promise<unknown>;
  /** What `heal` does not bring back. */
  readonly undo?: (clinic: Clinic) => Promise<unknown>;
}

const json = (operations: readonly object[]): string => `--patch=${JSON.stringify(operations)}`;

const patch =
  (kind: string, name: string, ...operations: readonly object[]) =>
  ({ kubectl }: Clinic) =>
    kubectl(['patch', kind, name, '--type=json', json(operations)]);

const remove =
  (kind: string, name: string, ...more: readonly string[]) =>
  ({ kubectl }: Clinic) =>
    kubectl(['delete', kind, name, ...more]);

/** A second NodeENI that differs in this from the one that is well. */
const nodeEni =
  (spec: object) =>
  ({ scene }: Clinic) =>
    apply(scene, manifestFor(scene.fleet, { deviceIndex: 3, ...spec }, 'odd'));

const withoutOdd = remove('nodeeni', 'odd');

const node =
  (spec: object) =>
  ({ scene }: Clinic) =>
    apply(
      scene,
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name: 'odd', labels: { ng: 'multi-eni' } },
        spec,
      }),
    );

const withoutNode = remove('node', 'odd');

/** The kind by which pods ask for further networks. */
const NETWORKS = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'network-attachment-definitions.k8s.cni.cncf.io' },
  spec: {
    group: 'k8s.cni.cncf.io',
    scope: 'Namespaced',
    names: {
      kind: 'NetworkAttachmentDefinition',
      plural: 'network-attachment-definitions',
      singular: 'network-attachment-definition',
    },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        },
      },
    ],
  },
};

const MULTUS = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'kube-multus-ds', namespace: 'kube-system' },
  spec: {
    selector: { matchLabels: { name: 'multus' } },
    template: {
      metadata: { labels: { name: 'multus' } },
      spec: {
        containers: [{ name: 'kube-multus', image: 'ghcr.io/k8snetworkplumbingwg/multus-cni:v4' }],
        volumes: [{ name: 'cni', hostPath: { path: '/etc/cni/multus/net.d' } }],
      },
    },
  },
};

/** A subnet of the cluster's VPC, of this zone and size. */
const subnet = async ({ scene }: Clinic, zone: string, cidr: string): Promise<string> => {
  const made = await scene.ec2.send(
    new CreateSubnetCommand({
      VpcId: scene.fleet.vpcId,
      AvailabilityZone: zone,
      CidrBlock: cidr,
    }),
  );
  return made.Subnet?.SubnetId ?? '';
};

const VPC_CNI_SETTINGS = '/spec/template/spec/containers/0/env';

const patchVpcCni =
  (operation: object) =>
  ({ kubectl }: Clinic) =>
    kubectl([
      ...['patch', 'daemonset', 'aws-node', '--namespace=kube-system', '--type=json'],
      json([operation]),
    ]);

const setPodsOfNode =
  (pods: number) =>
  ({ kubectl, scene }: Clinic) => {
    const [name = ''] = scene.fleet.nodes.map((each) => each.name);
    const body = { status: { allocatable: { pods: `${pods}` } } };
    return kubectl([
      ...['patch', 'node', name, '--subresource=status', '--type=merge'],
      `--patch=${JSON.stringify(body)}`,
    ]);
  };

const TAG = 'kubernetes.io/cluster/e2e';

const firstInstance = ({ scene }: Clinic): string => scene.fleet.nodes[0]?.instanceId ?? '';

export const FAULTS: readonly Fault[] = [
  {
    title: 'a CRD of an older version',
    check: 'CRDs',
    severity: 'warning',
    what: /CRD of nodeenis is of another version/,
    breakIt: patch('crd', 'nodeenis.networking.k8s.aws', {
      op: 'remove',
      path: '/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/paused',
    }),
  },
  {
    title: 'a role that nobody is bound to',
    check: 'rights of the functions',
    severity: 'error',
    what: /may not: .*list nodeenis, patch nodeenis/,
    breakIt: remove('clusterrolebinding', 'nodeeni-functions'),
  },
  {
    title: 'a role without a right',
    check: 'rights of the functions',
    severity: 'error',
    what: /may not: patch nodeenis\/status\.$/,
    breakIt: patch('clusterrole', 'nodeeni-functions', { op: 'remove', path: '/rules/1' }),
  },
  {
    title: 'Events that may not be written',
    check: 'rights of the functions',
    severity: 'error',
    what: /may not: get events, create events, patch events\.$/,
    breakIt: remove('rolebinding', 'nodeeni-functions', '--namespace=default'),
  },
  {
    title: 'a policy that is not bound',
    check: 'policy of the functions',
    severity: 'warning',
    what: /nodeeni-functions-nodes or its binding is missing/,
    breakIt: remove('validatingadmissionpolicybinding', 'nodeeni-functions-nodes'),
  },
  {
    title: 'a policy that is not there',
    check: 'policy of the functions',
    severity: 'warning',
    what: /nodeeni-functions-nodeenis or its binding is missing/,
    breakIt: remove('validatingadmissionpolicy', 'nodeeni-functions-nodeenis'),
  },
  {
    title: 'no webhook',
    check: 'webhook',
    severity: 'warning',
    what: /There is no webhook "nodeeni"/,
    breakIt: remove('validatingwebhookconfiguration', 'nodeeni'),
  },
  {
    title: 'a webhook that refuses writes when it is away',
    check: 'webhook',
    severity: 'error',
    what: /refuses writes when it does not answer/,
    breakIt: patch('validatingwebhookconfiguration', 'nodeeni', {
      op: 'replace',
      path: '/webhooks/2/failurePolicy',
      value: 'Fail',
    }),
  },
  {
    title: 'a webhook that calls where nothing is',
    check: 'webhook',
    severity: 'warning',
    what: /Nothing answers at https:\/\/127\.0\.0\.1:9,/,
    breakIt: patch('validatingwebhookconfiguration', 'nodeeni', {
      op: 'replace',
      path: '/webhooks/0/clientConfig/url',
      value: 'https://127.0.0.1:9/secret',
    }),
  },
  {
    title: 'a webhook whose URL has the secret of an earlier deploy',
    check: 'webhook',
    severity: 'error',
    what: /does not know the path of its URL/,
    breakIt: async ({ kubectl }) => {
      const path = ['get', 'validatingwebhookconfiguration', 'nodeeni', '--output=json'];
      const { webhooks } = JSON.parse(await kubectl(path));
      const value = `${webhooks[0].clientConfig.url}-before`;
      const operation = { op: 'replace', path: '/webhooks/0/clientConfig/url', value };
      await kubectl([
        ...['patch', 'validatingwebhookconfiguration', 'nodeeni', '--type=json'],
        json([operation]),
      ]);
    },
  },
  {
    title: 'a webhook that the API server does not reach',
    check: 'webhook',
    severity: 'warning',
    what: /does not reach the webhook "nodeeni": its warning on a trial write did not come back/,
    breakIt: async ({ relay }) => {
      relay.isCutOff = true;
    },
  },
  {
    title: 'functions of another version',
    check: 'webhook',
    severity: 'note',
    what: /The functions are of version 0\.0\.1, and this command of \d/,
    breakIt: async ({ relay }) => {
      relay.version = '0.0.1';
    },
  },
  {
    title: 'sweeps that have come to an end',
    check: 'last sweep',
    severity: 'error',
    what: /No sweep has ended well within three hours/,
    breakIt: async ({ account }) => {
      account.sweptMinutesAgo = [];
    },
  },
  {
    title: 'a sweep that is late',
    check: 'last sweep',
    severity: 'warning',
    what: /The last sweep that ended well was 40 minutes ago/,
    breakIt: async ({ account }) => {
      account.sweptMinutesAgo = [50, 45, 40];
    },
  },
  {
    title: 'a quota of interfaces that is used up',
    check: 'quota of interfaces',
    severity: 'warning',
    what: /has \d+ of 3 network interfaces in this region, and 0 more are asked for/,
    breakIt: async ({ account }) => {
      account.quota = 3;
    },
  },
  {
    title: 'an organisation that forbids what the functions do',
    check: 'rights of the functions at AWS',
    severity: 'error',
    what: /forbids the functions: ec2:AttachNetworkInterface, ec2:DeleteNetworkInterface\.$/,
    breakIt: async ({ account }) => {
      account.forbidden = ['ec2:AttachNetworkInterface', 'ec2:DeleteNetworkInterface'];
    },
  },
  {
    title: 'a person who may not do what the commands do',
    check: 'your rights at EC2',
    severity: 'note',
    what: /does not let you: CreateNetworkInterface, DetachNetworkInterface\.$/,
    breakIt: async ({ scene }) => {
      scene.proxy.failNext('CreateNetworkInterface', 'UnauthorizedOperation');
      scene.proxy.failNext('DetachNetworkInterface', 'UnauthorizedOperation');
    },
  },
  {
    title: 'a webhook that is told what the functions write',
    check: 'webhook',
    severity: 'warning',
    what: /is told also what the group nodeeni:functions writes/,
    breakIt: patch('validatingwebhookconfiguration', 'nodeeni', {
      op: 'remove',
      path: '/webhooks/0/matchConditions',
    }),
  },
  {
    title: 'no agent',
    check: 'node agent',
    severity: 'warning',
    what: /There is no DaemonSet nodeeni-system\/nodeeni-agent/,
    breakIt: remove('daemonset', 'nodeeni-agent', '--namespace=nodeeni-system'),
  },
  {
    title: 'an agent that is not ready on a node',
    check: 'node agent',
    severity: 'warning',
    what: /ready on 1 of 2 nodes/,
    breakIt: ({ kubectl }) => setAgents(kubectl, { desired: 2, ready: 1 }),
  },
  {
    title: 'an agent of another version',
    check: 'node agent',
    severity: 'note',
    what: /of another version than this command/,
    breakIt: ({ kubectl }) =>
      kubectl([
        ...['patch', 'daemonset', 'nodeeni-agent', '--namespace=nodeeni-system', '--type=json'],
        json([
          {
            op: 'replace',
            path: '/spec/template/spec/volumes/0/configMap/name',
            value: 'nodeeni-agent-older',
          },
        ]),
      ]),
  },
  {
    title: 'a VPC CNI that takes every interface',
    check: 'VPC CNI',
    severity: 'warning',
    what: /MAX_ENI is not set/,
    breakIt: patchVpcCni({ op: 'remove', path: VPC_CNI_SETTINGS }),
  },
  {
    title: 'a VPC CNI that manages network cards',
    check: 'VPC CNI',
    severity: 'warning',
    what: /ENABLE_MULTI_NIC is on/,
    breakIt: patchVpcCni({
      op: 'add',
      path: `${VPC_CNI_SETTINGS}/-`,
      value: { name: 'ENABLE_MULTI_NIC', value: 'true' },
    }),
    undo: patchVpcCni({ op: 'remove', path: `${VPC_CNI_SETTINGS}/1` }),
  },
  {
    title: 'networks for pods, and no Multus',
    check: 'Multus',
    severity: 'warning',
    what: /no DaemonSet runs Multus/,
    breakIt: ({ kubectl }) => kubectl(['apply', '--filename=-'], JSON.stringify(NETWORKS)),
    undo: remove('crd', 'network-attachment-definitions.k8s.cni.cncf.io'),
  },
  {
    title: 'a Multus that reads another folder than the VPC CNI writes',
    check: 'Multus',
    severity: 'error',
    what: /reads \/etc\/cni\/multus\/net\.d, and the VPC CNI writes \/etc\/cni\/net\.d/,
    breakIt: ({ kubectl }) => kubectl(['apply', '--filename=-'], JSON.stringify(MULTUS)),
    undo: remove('daemonset', 'kube-multus-ds', '--namespace=kube-system'),
  },
  {
    title: 'a kubelet that lets more pods in than there are addresses',
    check: 'pods of the nodes',
    severity: 'warning',
    // Of an m5.4xlarge the VPC CNI may take 4 interfaces with 30 addresses each.
    what: /more pods in than the VPC CNI has addresses for: \S+ \(234 pods, addresses for 118\)/,
    breakIt: setPodsOfNode(234),
    undo: setPodsOfNode(118),
  },
  {
    title: 'a cluster of EKS that takes no access entries',
    check: 'EKS',
    severity: 'warning',
    what: /takes no access entries/,
    breakIt: async ({ account }) => {
      account.authenticationMode = 'CONFIG_MAP';
    },
  },
  {
    title: 'an API server that calls through the VPC of whoever has the cluster',
    check: 'EKS',
    severity: 'note',
    what: /goes through your VPC \(CUSTOMER_ROUTED\)/,
    breakIt: async ({ account }) => {
      account.egressMode = 'CUSTOMER_ROUTED';
    },
  },
  {
    title: 'a selected node that is no instance',
    check: 'instances of the nodes',
    severity: 'warning',
    what: /no EC2 instances: odd/,
    breakIt: node({}),
    undo: withoutNode,
  },
  {
    title: 'a selected node whose instance EC2 does not know',
    check: 'instances of the nodes',
    severity: 'error',
    what: /EC2 does not know the instances of odd/,
    breakIt: node({ providerID: 'aws:///us-east-1a/i-0123456789abcdef0' }),
    undo: withoutNode,
  },
  {
    title: 'an instance without the tag of the cluster',
    check: 'instances of the nodes',
    severity: 'error',
    what: /lack the tag kubernetes\.io\/cluster\/e2e: i-/,
    breakIt: (clinic) =>
      clinic.scene.ec2.send(
        new DeleteTagsCommand({ Resources: [firstInstance(clinic)], Tags: [{ Key: TAG }] }),
      ),
    undo: (clinic) =>
      clinic.scene.ec2.send(
        new CreateTagsCommand({
          Resources: [firstInstance(clinic)],
          Tags: [{ Key: TAG, Value: 'owned' }],
        }),
      ),
  },
  {
    title: 'a subnet that is not there',
    check: 'subnets',
    severity: 'error',
    what: /odd names subnets that this region does not have: subnet-0123456789abcdef0/,
    breakIt: nodeEni({ subnetID: 'subnet-0123456789abcdef0' }),
    undo: withoutOdd,
  },
  {
    title: 'no subnet in the zone of the nodes',
    check: 'subnets',
    severity: 'error',
    what: /odd selects nodes in us-east-1a and names no subnet there/,
    breakIt: async (clinic) =>
      nodeEni({ subnetID: await subnet(clinic, 'us-east-1b', '10.0.200.0/24') })(clinic),
    undo: withoutOdd,
  },
  {
    title: 'a subnet without room',
    check: 'subnets',
    severity: 'error',
    what: /has 11 free addresses, and odd needs 22 more/,
    breakIt: async (clinic) =>
      nodeEni({
        subnetID: await subnet(clinic, 'us-east-1a', '10.0.201.0/28'),
        secondaryPrivateIPAddressCount: 10,
      })(clinic),
    undo: withoutOdd,
  },
  {
    title: 'a security group that is not there',
    check: 'security groups',
    severity: 'error',
    what: /odd names security groups that this region does not have: sg-0123456789abcdef0/,
    breakIt: nodeEni({ securityGroupIDs: ['sg-0123456789abcdef0'] }),
    undo: withoutOdd,
  },
  {
    title: 'a NodeENI that selects nothing',
    check: 'NodeENIs',
    severity: 'note',
    what: /odd selects no node: .*ng.*nobody/,
    breakIt: nodeEni({ nodeSelector: { ng: 'nobody' } }),
    undo: withoutOdd,
  },
  {
    title: 'a NodeENI that is not ready',
    check: 'NodeENIs',
    severity: 'warning',
    what: /data is not ready, SubnetFull: No address left\./,
    breakIt: async ({ kubectl }) => {
      const condition = {
        type: 'Ready',
        status: 'False',
        reason: 'SubnetFull',
        message: 'No address left.',
        lastTransitionTime: '2026-11-30T10:00:00Z',
      };
      const body = { status: { conditions: [condition] } };
      await kubectl([
        ...['patch', 'nodeeni', 'data', '--subresource=status', '--type=merge'],
        `--patch=${JSON.stringify(body)}`,
      ]);
    },
  },
];
