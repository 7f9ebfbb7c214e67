import { ACCOUNT_ID, CLUSTER_UID, REGION } from './aws-stand-in.ts';

const arn = (service: string, resource: string, accountId = ACCOUNT_ID): string =>
  `arn:aws:${service}:${REGION}:${accountId}:${resource}`;

const OUR_VPC = 'vpc-0123456789abcdef0';
const OTHER_VPC = 'vpc-0aaaaaaaaaaaaaaaa';
const OTHER_ACCOUNT = '999999999999';

const TAG = 'nodeeni.networking.k8s.aws';

export const ENI = arn('ec2', 'network-interface/eni-0123456789abcdef0');
export const NEW_ENI = arn('ec2', 'network-interface/*');
export const INSTANCE = arn('ec2', 'instance/i-0123456789abcdef0');
export const SUBNET = arn('ec2', 'subnet/subnet-0123456789abcdef0');
export const SHARED_SUBNET = arn('ec2', 'subnet/subnet-0123456789abcdef0', OTHER_ACCOUNT);
export const SECURITY_GROUP = arn('ec2', 'security-group/sg-0123456789abcdef0');

/** What AWS knows of an interface, an instance or a group of this cluster, and of others. */
export const OURS = {
  [`aws:ResourceTag/${TAG}/cluster`]: 'blue',
  [`aws:ResourceTag/${TAG}/cluster-uid`]: CLUSTER_UID,
};
/** An interface of a cluster that has our name, or had it before ours was made. */
export const A_NAMESAKES = { ...OURS, [`aws:ResourceTag/${TAG}/cluster-uid`]: 'another' };
export const ANOTHERS = { [`aws:ResourceTag/${TAG}/cluster`]: 'green' };
export const OF_OUR_CLUSTER = { 'aws:ResourceTag/kubernetes.io/cluster/blue': 'owned' };
export const OF_ANOTHER_CLUSTER = { 'aws:ResourceTag/kubernetes.io/cluster/green': 'owned' };
export const IN_OUR_VPC = { 'ec2:Vpc': arn('ec2', `vpc/${OUR_VPC}`) };
export const IN_ANOTHER_VPC = { 'ec2:Vpc': arn('ec2', `vpc/${OTHER_VPC}`) };

/** The tags that a create call of ours carries. */
export const BIRTH_TAGS = {
  [`aws:RequestTag/${TAG}/cluster`]: 'blue',
  [`aws:RequestTag/${TAG}/cluster-uid`]: CLUSTER_UID,
  [`aws:RequestTag/${TAG}/uid`]: 'u1',
  [`aws:RequestTag/${TAG}/instance`]: 'i-0123456789abcdef0',
  'aws:RequestTag/node.k8s.amazonaws.com/no_manage': 'true',
};

export const ourTag = (name: string): string => `${TAG}/${name}`;

export const queue = (name: string): string => arn('sqs', `nodeeni-test-${name}Queue-bdvfbzta`);
export const fifoQueue = (name: string): string => `${queue(name)}.fifo`;

export const group = (name: string): string =>
  arn(
    'autoscaling',
    `autoScalingGroup:11111111-2222-3333-4444-555555555555:autoScalingGroupName/${name}`,
  );

export const logStream = (functionName: string): string =>
  arn('logs', `log-group:/nodeeni/test/${functionName}:log-stream:2026/11/21/[$LATEST]0123`);

export const cluster = (name: string): string => arn('eks', `cluster/${name}`);
export const eventBus = (name: string): string => arn('events', `event-bus/${name}`);
export const parameter = (name: string): string => arn('ssm', `parameter/${name}`);
export const document = (name: string): string => arn('ssm', `document/${name}`);
export const BUCKET = 'arn:aws:s3:::hostassets';
export const KEY = arn('kms', 'key/11111111-2222-3333-4444-555555555555');

/** Functions that route events and do not speak to the cluster. Said here anew, so that none of them gets a right by accident. */
export const ROUTERS = [
  'on-asg-lifecycle',
  'on-ec2-state-change',
  'on-command-result',
  'on-kubernetes-change',
  'requeue',
] as const;
