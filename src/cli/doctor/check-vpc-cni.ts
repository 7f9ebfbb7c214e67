import { named } from './daemon-set.ts';
import { type Check, type Finding, few } from './finding.ts';
import { matchedNodes, type Patient } from './patient.ts';

/** The settings of the VPC CNI, by name; undefined where it does not run ("README", amazon-vpc-cni-k8s). */
type Settings = Readonly<Record<string, string | undefined>>;

const readSettings = async ({ daemonSets }: Patient): Promise<Settings | undefined> => {
  const cni = named(await daemonSets(), 'aws-node', 'kube-system');
  const env = cni?.spec.template.spec.containers.flatMap((container) => container.env ?? []);
  return env && Object.fromEntries(env.map(({ name, value }) => [name, value]));
};

const mostInterfacesOf = ({ MAX_ENI }: Settings): number | undefined =>
  Number(MAX_ENI) > 0 ? Number(MAX_ENI) : undefined;

const NO_BOUND: Finding = {
  severity: 'warning',
  what: 'The VPC CNI may take every interface of a node: MAX_ENI is not set.',
  why: 'As pods come it takes the places that NodeENIs need (InstanceLimitReached).',
  mend: 'kubectl -n kube-system set env daemonset/aws-node MAX_ENI=<what the CNI may take>',
};

const MANAGES_CARDS: Finding = {
  severity: 'warning',
  what: 'The VPC CNI manages network cards above 0 itself: ENABLE_MULTI_NIC is on.',
  why: 'It takes the places there that NodeENIs ask for.',
  mend: 'kubectl -n kube-system set env daemonset/aws-node ENABLE_MULTI_NIC=false',
};

/** Whether the VPC CNI leaves room for our interfaces. */
export const vpcCniCheck: Check<Patient> = {
  name: 'VPC CNI',
  async find(patient) {
    const settings = await readSettings(patient);
    if (settings === undefined || matchedNodes(patient).length === 0) return [];
    return [
      ...(mostInterfacesOf(settings) === undefined ? [NO_BOUND] : []),
      ...(settings.ENABLE_MULTI_NIC === 'true' ? [MANAGES_CARDS] : []),
    ];
  },
};

/** With these the addresses of an interface do not bound its pods. */
const hasPrefixes = (settings: Settings): boolean =>
  settings.ENABLE_PREFIX_DELEGATION === 'true' || settings.ENABLE_IPv6 === 'true';

/** Pods in the network of their node, which take no address ("eni-max-pods.txt", amazon-eks-ami). */
const WITHOUT_ADDRESS = 2;

/**
 * Whether the kubelets of the selected nodes let no more pods in than the VPC CNI has addresses for. An AMI computes that
 * number from all interfaces of the type, ours among them.
 */
export const podsCheck: Check<Patient> = {
  name: 'pods of the nodes',
  async find(patient) {
    const { stores, instances } = patient;
    const settings = await readSettings(patient);
    const most = settings && mostInterfacesOf(settings);
    if (most === undefined || settings === undefined || hasPrefixes(settings)) return [];
    const nodes = matchedNodes(patient).flatMap(({ name, instanceId = '', mostPods: pods = 0 }) => {
      const instance = instances.get(instanceId);
      return instance === undefined ? [] : [{ name, pods, instanceType: instance.instanceType }];
    });
    const types = await stores.instanceTypes.get(nodes.map(({ instanceType }) => instanceType));
    const crowded = nodes.flatMap(({ name, pods, instanceType }) => {
      const { networkCards: [places = 0] = [], ipv4AddressesPerInterface: addresses } =
        types.get(instanceType) ?? {};
      if (addresses === undefined) return [];
      const served = Math.min(most, places) * (addresses - 1) + WITHOUT_ADDRESS;
      return pods > served ? [`${name} (${pods} pods, addresses for ${served})`] : [];
    });
    if (crowded.length === 0) return [];
    return [
      {
        severity: 'warning',
        what: `Kubelets let more pods in than the VPC CNI has addresses for: ${few(crowded)}.`,
        why: 'The pods above that number are put there, and wait for an address.',
        mend: 'Set --max-pods of these nodes to the second number, or turn on ENABLE_PREFIX_DELEGATION of the VPC CNI.',
      },
    ];
  },
};
