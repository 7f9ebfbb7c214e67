import type { Check } from './iam.ts';
import {
  A_NAMESAKES,
  ANOTHERS,
  BIRTH_TAGS,
  ENI,
  IN_ANOTHER_VPC,
  INSTANCE,
  NEW_ENI,
  OF_ANOTHER_CLUSTER,
  OF_OUR_CLUSTER,
  OURS,
  ourTag,
  SECURITY_GROUP,
  SUBNET,
} from './iam-resources.ts';

/** A check that must fail, and what it would mean if it passed. */
export interface DeniedCall extends Check {
  readonly name: string;
}

/** All that an interface can suffer once it is there. */
export const CHANGES = [
  'ec2:AttachNetworkInterface',
  'ec2:DetachNetworkInterface',
  'ec2:ModifyNetworkInterfaceAttribute',
  'ec2:AssignPrivateIpAddresses',
  'ec2:AssignIpv6Addresses',
  'ec2:DeleteNetworkInterface',
];

const withoutBirthTag = (name: string): NonNullable<Check['context']> =>
  Object.fromEntries(
    Object.entries(BIRTH_TAGS).filter(([key]) => key !== `aws:RequestTag/${ourTag(name)}`),
  );

/** What the worker may not do to interfaces, who may do most to them. */
export const DENIED_INTERFACE_CALLS: readonly DeniedCall[] = [
  ...CHANGES.flatMap((action) => [
    { name: `${action} on a primary interface, which has no tag`, action, resource: ENI },
    {
      name: `${action} on an interface of another cluster`,
      action,
      resource: ENI,
      context: ANOTHERS,
    },
    {
      name: `${action} on an interface of another cluster of our name`,
      action,
      resource: ENI,
      context: A_NAMESAKES,
    },
    {
      name: `${action} on an interface of the VPC CNI`,
      action,
      resource: ENI,
      context: { 'aws:ResourceTag/node.k8s.amazonaws.com/instance_id': 'i-0123456789abcdef0' },
    },
  ]),
  ...CHANGES.slice(0, 3).flatMap((action) => [
    { name: `${action} at an instance of no cluster`, action, resource: INSTANCE },
    {
      name: `${action} at an instance of another cluster`,
      action,
      resource: INSTANCE,
      context: OF_ANOTHER_CLUSTER,
    },
  ]),
  ...['cluster', 'cluster-uid', 'uid', 'instance'].map((tag) => ({
    name: `making an interface without the tag ${tag}`,
    action: 'ec2:CreateNetworkInterface',
    resource: NEW_ENI,
    context: withoutBirthTag(tag),
  })),
  {
    name: 'making an interface for another cluster of our name',
    action: 'ec2:CreateNetworkInterface',
    resource: NEW_ENI,
    context: { ...BIRTH_TAGS, [`aws:RequestTag/${ourTag('cluster-uid')}`]: 'another' },
  },
  {
    name: 'making an interface that the VPC CNI may take',
    action: 'ec2:CreateNetworkInterface',
    resource: NEW_ENI,
    context: { ...BIRTH_TAGS, 'aws:RequestTag/node.k8s.amazonaws.com/no_manage': 'false' },
  },
  ...[
    'eks:eni:owner',
    'node.k8s.amazonaws.com/instance_id',
    'kubernetes.io/cluster/managed-by',
    ourTag('orphan-since'),
  ].map((key) => ({
    name: `making an interface that bears the tag ${key}`,
    action: 'ec2:CreateTags',
    resource: NEW_ENI,
    context: {
      'ec2:CreateAction': 'CreateNetworkInterface',
      'aws:TagKeys': [ourTag('cluster'), ourTag('uid'), key],
    },
  })),
  {
    name: 'making an interface for another cluster',
    action: 'ec2:CreateNetworkInterface',
    resource: NEW_ENI,
    context: { ...BIRTH_TAGS, [`aws:RequestTag/${ourTag('cluster')}`]: 'green' },
  },
  {
    name: 'making an interface in a subnet of another VPC',
    action: 'ec2:CreateNetworkInterface',
    resource: SUBNET,
    context: IN_ANOTHER_VPC,
  },
  {
    name: 'making an interface with a security group of another VPC',
    action: 'ec2:CreateNetworkInterface',
    resource: SECURITY_GROUP,
    context: IN_ANOTHER_VPC,
  },
  {
    name: 'giving an interface a security group of another VPC',
    action: 'ec2:ModifyNetworkInterfaceAttribute',
    resource: SECURITY_GROUP,
    context: IN_ANOTHER_VPC,
  },
  {
    name: 'taking over an interface by tagging it as ours',
    action: 'ec2:CreateTags',
    resource: ENI,
    context: { 'aws:TagKeys': [ourTag('cluster')] },
  },
  {
    name: 'tagging an interface of another cluster',
    action: 'ec2:CreateTags',
    resource: ENI,
    context: { ...ANOTHERS, 'aws:TagKeys': ['team'] },
  },
  ...[
    ourTag('cluster'),
    ourTag('uid'),
    'node.k8s.amazonaws.com/no_manage',
    'node.k8s.amazonaws.com/instance_id',
    'eks:eni:owner',
    'kubernetes.io/cluster/managed-by',
  ].map((key) => ({
    name: `changing the tag ${key} of an interface of ours`,
    action: 'ec2:CreateTags',
    resource: ENI,
    context: { ...OURS, 'aws:TagKeys': ['team', key] },
  })),
  ...[[ourTag('cluster')], [ourTag('cluster-uid')], [ourTag('cluster'), ourTag('uid')]].map(
    (keys) => ({
      name: `making an interface of ours another's, by ${keys.join(' and ')}`,
      action: 'ec2:CreateTags',
      resource: ENI,
      context: { ...OURS, 'aws:TagKeys': keys },
    }),
  ),
  ...[ourTag('uid'), ourTag('instance'), 'node.k8s.amazonaws.com/no_manage'].flatMap((key) => [
    {
      name: `writing the tag ${key} on an interface of another cluster`,
      action: 'ec2:CreateTags',
      resource: ENI,
      context: { ...ANOTHERS, 'aws:TagKeys': [key] },
    },
    {
      name: `writing the tag ${key} on an interface of nobody`,
      action: 'ec2:CreateTags',
      resource: ENI,
      context: { 'aws:TagKeys': [key] },
    },
  ]),
  {
    name: 'handing an interface of ours to the VPC CNI',
    action: 'ec2:CreateTags',
    resource: ENI,
    context: {
      ...OURS,
      'aws:TagKeys': ['node.k8s.amazonaws.com/no_manage'],
      'aws:RequestTag/node.k8s.amazonaws.com/no_manage': 'false',
    },
  },
  {
    name: 'tagging an interface as part of launching an instance',
    action: 'ec2:CreateTags',
    resource: NEW_ENI,
    context: { 'ec2:CreateAction': 'RunInstances', 'aws:TagKeys': ['team'] },
  },
  {
    name: 'tagging an instance as part of launching it',
    action: 'ec2:CreateTags',
    resource: INSTANCE,
    context: { 'ec2:CreateAction': 'RunInstances', 'aws:TagKeys': ['team'] },
  },
  {
    name: 'tagging an instance of ours',
    action: 'ec2:CreateTags',
    resource: INSTANCE,
    context: { ...OF_OUR_CLUSTER, 'aws:TagKeys': ['team'] },
  },
  {
    name: 'untagging an interface of another cluster',
    action: 'ec2:DeleteTags',
    resource: ENI,
    context: { ...ANOTHERS, 'aws:TagKeys': ['team'] },
  },
  {
    name: 'tagging an interface of another cluster of our name',
    action: 'ec2:CreateTags',
    resource: ENI,
    context: { ...A_NAMESAKES, 'aws:TagKeys': ['team'] },
  },
  ...['team', ourTag('cluster')].map((key) => ({
    name: `taking the tag ${key} off an interface of another cluster of our name`,
    action: 'ec2:DeleteTags',
    resource: ENI,
    context: { ...A_NAMESAKES, 'aws:TagKeys': [key] },
  })),
  ...[
    'eks:eni:owner',
    'node.k8s.amazonaws.com/instance_id',
    'kubernetes.io/cluster/managed-by',
  ].map((key) => ({
    name: `taking off the tag ${key}, by which others know an interface`,
    action: 'ec2:DeleteTags',
    resource: ENI,
    context: { ...OURS, 'aws:TagKeys': [key] },
  })),
  {
    name: 'taking off tags of ours among others, as nothing here does',
    action: 'ec2:DeleteTags',
    resource: ENI,
    context: { ...OURS, 'aws:TagKeys': [ourTag('cluster'), 'team'] },
  },
  {
    name: 'untagging an interface of ours wholesale, by naming no key',
    action: 'ec2:DeleteTags',
    resource: ENI,
    context: OURS,
  },
  {
    name: 'taking off the tag that keeps the VPC CNI away',
    action: 'ec2:DeleteTags',
    resource: ENI,
    context: { ...OURS, 'aws:TagKeys': ['node.k8s.amazonaws.com/no_manage'] },
  },
];
