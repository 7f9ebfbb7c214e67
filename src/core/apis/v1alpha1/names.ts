/** The API group, kind and finalizer of the Go controller, kept so that its manifests apply unchanged. */
export const GROUP = 'networking.k8s.aws';
export const VERSION = 'v1alpha1';
export const API_VERSION = `${GROUP}/${VERSION}`;
export const FINALIZER = 'nodeeni.networking.k8s.aws/finalizer';

/** Prefix of every tag, taint and annotation of ours. */
const PREFIX = 'nodeeni.networking.k8s.aws';

/** On a NodeENI: each new value ends the waits of its interfaces once. */
export const RETRY_ANNOTATION = `${PREFIX}/retry`;

/** Startup taint that holds pods off a node until its interfaces are there (for nodes without a launch hook). */
export const NOT_READY_TAINT = `${PREFIX}/not-ready`;

/** "Syntax and character set", Labels and Selectors, kubernetes.io; the names of objects have no other characters. */
const LONGEST_LABEL_NAME = 63;

export const READY_LABEL_VALUE = 'ready';

/** On a NetworkAttachmentDefinition: the uid of the NodeENI that it belongs to. One without it is not ours. */
export const OWNER_LABEL = `${PREFIX}/uid`;

/** On the same: the name of that NodeENI, which may be too long for a label. */
export const OWNER_NAME_ANNOTATION = `${PREFIX}/name`;

/** By it the network-resources-injector adds the resource to a pod that asks for the network (k8snetworkplumbingwg, README). */
export const RESOURCE_NAME_ANNOTATION = 'k8s.v1.cni.cncf.io/resourceName';

/**
 * The label of an EKS node that tells its kind, and the kinds to which nobody attaches an interface: Fargate and hybrid nodes are
 * no EC2 instances, and those of Auto Mode are managed ones ("Amazon EKS compute", Amazon EKS User Guide).
 */
export const COMPUTE_TYPE_LABEL = 'eks.amazonaws.com/compute-type';
export const UNSERVED_COMPUTE_TYPES: readonly string[] = ['fargate', 'hybrid', 'auto'];

/** What the keys of our labels begin with. */
export const LABEL_PREFIX = `${PREFIX}/`;

/** Label of a node on which the NodeENI has all that it asks for. A NodeENI whose name is too long for one has none. */
export const readyLabelOf = (nodeEniName: string): string | undefined =>
  nodeEniName.length > LONGEST_LABEL_NAME ? undefined : `${LABEL_PREFIX}${nodeEniName}`;

/** EC2 tags that mark an ENI as ours and say what it is for. All are written by the create call itself. */
export const TAGS = {
  cluster: `${PREFIX}/cluster`,
  clusterUid: `${PREFIX}/cluster-uid`,
  uid: `${PREFIX}/uid`,
  name: `${PREFIX}/name`,
  instance: `${PREFIX}/instance`,
  subnet: `${PREFIX}/subnet`,
  createdAt: `${PREFIX}/created-at`,
  /** First sighting as an orphan, written by the sweep; a second sighting deletes. */
  orphanSince: `${PREFIX}/orphan-since`,
} as const;

/** Keeps the VPC CNI's ipamd away from our ENIs (amazon-vpc-cni-k8s README, "ENI tags"). */
export const NO_MANAGE_TAG = 'node.k8s.amazonaws.com/no_manage';

/**
 * What is put back when somebody takes it off an ENI of ours. Not the cluster's tags: they are what makes it ours, and IAM lets
 * nobody write them on one that exists.
 */
export const MENDED_TAGS: readonly string[] = [
  TAGS.uid,
  TAGS.name,
  TAGS.instance,
  TAGS.subnet,
  TAGS.createdAt,
  NO_MANAGE_TAG,
];

/** Tags of the Go controller, by which its ENIs are recognised and never doubled. */
export const PEER_TAGS = {
  managedBy: 'kubernetes.io/cluster/managed-by',
  managedByValue: 'nodeeni-controller',
  nodeEni: 'NodeENI',
  node: 'Node',
  subnet: 'SubnetID',
} as const;

/** Tags by which an instance belongs to a cluster ("Tag your Amazon EC2 resources", Amazon EKS User Guide); owned or shared. */
export const CLUSTER_TAGS = 'kubernetes.io/cluster/';

export const clusterTagOf = (clusterName: string): string => `${CLUSTER_TAGS}${clusterName}`;

/** Whether an instance carries the cluster's tag, whatever its value: our IAM policy asks for no more, and for no less. */
export const isOfCluster = (
  { tags }: { readonly tags: Readonly<Record<string, string>> },
  clusterName: string,
): boolean => clusterTagOf(clusterName) in tags;

/** Instance tag that Auto Scaling writes itself ("Tag Auto Scaling groups and instances"). */
export const ASG_NAME_TAG = 'aws:autoscaling:groupName';

/** Auto Scaling tags that tell a node's labels before it registers (Cluster Autoscaler on AWS, "Auto-Discovery"). */
export const NODE_TEMPLATE_LABEL_PREFIX = 'k8s.io/cluster-autoscaler/node-template/label/';

/**
 * The instance under which an orphan is collected that does not say whose it was: no instance has this id, so what carries it is
 * released as that of an instance which is gone.
 */
export const NO_INSTANCE = 'i-00000000000000000';

/** How our own events on the event bus are marked; rules of our users match on it. */
export const EVENT_SOURCE = 'nodeeni';
export const EVENT_DETAIL_TYPE = 'NodeENI Interface State Change';
