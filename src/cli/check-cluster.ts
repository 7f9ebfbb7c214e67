import { instanceIdOfProviderId } from '#core/events/instance-id.ts';
import type { Instance } from '#core/ports/cloud.ts';
import type { Caller } from '#operator/caller.ts';
import { readClusterNames } from '#providers/ec2/cluster-names.ts';
import type { Ec2Api } from '#providers/ec2/ec2-api.ts';
import { createInstanceProvider } from '#providers/ec2/instance-provider.ts';
import { createClusterIdentity } from '#providers/kubernetes/cluster-identity.ts';
import type { KubernetesApi } from '#providers/kubernetes/kubernetes-api.ts';
import { NODES } from '#providers/kubernetes/resources.ts';
import { Refusal } from './complaint.ts';

/** The cluster as a person named it, and where it is looked for. */
export interface Aim {
  readonly kubernetes: Pick<KubernetesApi, 'get' | 'list'>;
  readonly ec2: Ec2Api;
  readonly clusterName: string;
  readonly caller: Caller;
  /** The name by which the kubeconfig gets its tokens, if it tells one. */
  readonly eksName?: string;
}

const OWNED = /^kubernetes\.io\/cluster\/(.+)$/;

/** Tags that hold a cluster's name as their value: of managed node groups, of Auto Mode and of eksctl. */
const NAMING_TAGS = ['eks:cluster-name', 'aws:eks:cluster-name', 'alpha.eksctl.io/cluster-name'];

/** The clusters that an instance says it belongs to ("Tag your Amazon EC2 resources", Amazon EKS User Guide). */
const clustersOf = ({ tags }: Instance): readonly string[] => [
  ...Object.keys(tags).flatMap((key) => OWNED.exec(key)?.[1] ?? []),
  ...NAMING_TAGS.flatMap((key) => tags[key] ?? []),
];

const PAGE_SIZE = 100;

const readPage = async (kubernetes: Aim['kubernetes'], next: string | undefined) => {
  const page = { limit: PAGE_SIZE, ...(next !== undefined && { continue: next }) };
  const { items, continue: following } = await kubernetes.list(NODES, page);
  const ids = items.flatMap(({ spec }) => {
    const { providerID = '' } = (spec ?? {}) as { readonly providerID?: string };
    return instanceIdOfProviderId(providerID) ?? [];
  });
  return { ids, following };
};

/** What the instances of the Nodes say, read until one of them names the cluster. */
const readMembership = async ({ kubernetes, ec2, clusterName }: Aim) => {
  const instances = createInstanceProvider({ ec2, clusterName });
  const others = new Set<string>();
  let nodes = 0;
  let known = 0;
  let next: string | undefined;
  do {
    const { ids, following } = await readPage(kubernetes, next);
    const found = await instances.get(ids);
    const names = [...found.values()].flatMap(clustersOf);
    if (names.includes(clusterName)) return { isMember: true, others, nodes, known };
    for (const name of names) others.add(name);
    nodes += ids.length;
    known += found.size;
    next = following;
  } while (next);
  return { isMember: false, others, nodes, known };
};

const quoted = (names: Iterable<string>): string =>
  [...names].map((name) => `"${name}"`).join(', ');

const checkInstances = async (aim: Aim): Promise<void> => {
  const { clusterName, caller } = aim;
  const { isMember, others, nodes, known } = await readMembership(aim);
  if (isMember) return;
  if (others.size > 0)
    throw new Refusal(
      `This cluster is not "${clusterName}": the instances of its Nodes are tagged for ${quoted(others)}. Give that name to --cluster, or another --context.`,
    );
  if (nodes > 0 && known === 0)
    throw new Refusal(
      `EC2 knows no instance of this cluster's ${nodes} Nodes in region ${caller.region} of account ${caller.account ?? '(unknown)'}. Set AWS_PROFILE and --region for the cluster's own, or give another --context.`,
    );
};

/**
 * Makes sure that the name fits the cluster: a wrong one would make a second set of ENIs under it, and see none of the
 * first. What its kubeconfig, its Nodes' instances and its ENIs say is believed; where none says anything, so is the name. Out: a
 * warning where it fits and ENIs of another name are there too. Throws a `Refusal` where it does not fit.
 */
export const checkCluster = async (aim: Aim): Promise<string | undefined> => {
  const { clusterName, eksName = clusterName } = aim;
  if (eksName !== clusterName)
    throw new Refusal(
      `This cluster is not "${clusterName}": the kubeconfig gets its tokens for "${eksName}". Give that name to --cluster, or another --context.`,
    );
  await checkInstances(aim);
  const uid = await createClusterIdentity(aim.kubernetes as KubernetesApi).uid();
  const names = await readClusterNames(aim.ec2, uid);
  const others = [...names.keys()].filter((name) => name !== clusterName);
  if (others.length === 0) return undefined;
  if (!names.has(clusterName))
    throw new Refusal(
      `This cluster is not "${clusterName}": its ENIs are tagged as those of ${quoted(others)}. Give that name to --cluster, or another --context.`,
    );
  const count = others.reduce((sum, name) => sum + (names.get(name) ?? 0), 0);
  return `${count} of this cluster's ENIs carry the name ${quoted(others)} and are not seen as "${clusterName}". If that name was a mistake, delete them by hand.`;
};
