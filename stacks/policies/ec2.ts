import {
  clusterTagOf,
  MENDED_TAGS,
  NO_INSTANCE,
  NO_MANAGE_TAG,
  PEER_TAGS,
  TAGS,
} from '#core/apis/v1alpha1/names.ts';
import type { Statement } from '#core/manifests/policy-statement.ts';
import { arnOf, type Place } from './statement.ts';

/** Whose interfaces a function may touch, and where. */
export interface Ec2Scope {
  readonly place: Place;
  readonly clusterName: string;
  /** Tells clusters of one name apart. Absent where whoever deploys knows it not: then the name alone counts. */
  readonly clusterUid?: string | undefined;
  readonly vpcIds: readonly string[];
}

const resourceTag = (key: string): string => `aws:ResourceTag/${key}`;
const requestTag = (key: string): string => `aws:RequestTag/${key}`;

const interfaces = (place: Place): string => arnOf(place, 'ec2', 'network-interface/*');
const instances = (place: Place): string => arnOf(place, 'ec2', 'instance/*');

/** By these, ours and other controllers know whose an interface is. */
const KEPT_TAGS = [
  'nodeeni.networking.k8s.aws/*',
  NO_MANAGE_TAG,
  'node.k8s.amazonaws.com/instance_id',
  'eks:eni:owner',
  PEER_TAGS.managedBy,
];

/** What no interface of ours is born with: by these, others would take it for theirs, or it would be collected as an orphan. */
const NEVER_AT_BIRTH = [
  TAGS.orphanSince,
  'node.k8s.amazonaws.com/instance_id',
  'eks:eni:owner',
  PEER_TAGS.managedBy,
];

/** The cluster's own tags, on an interface that is there or in a call that makes one. */
const clusterTags = (
  { clusterName, clusterUid }: Ec2Scope,
  keyOf: (key: string) => string,
): Readonly<Record<string, string>> => ({
  [keyOf(TAGS.cluster)]: clusterName,
  ...(clusterUid !== undefined && { [keyOf(TAGS.clusterUid)]: clusterUid }),
});

/** An interface of this cluster. The primary ones and those of others do not carry the tags. */
const isOurs = (scope: Ec2Scope) => clusterTags(scope, resourceTag);

/** Reads know neither resources nor tags (Service Authorization Reference, "Actions defined by Amazon EC2"). */
const read = (actions: readonly string[]): Statement => ({
  Sid: 'Read',
  Effect: 'Allow',
  Action: actions.map((action) => `ec2:${action}`),
  Resource: ['*'],
});

/** What the subnets and security groups that a NodeENI names may be. Shared ones have the ARN of another account. */
const inOurVpcs = (
  { place: { partition, region }, vpcIds }: Ec2Scope,
  types: readonly string[],
): Pick<Statement, 'Resource' | 'Condition'> => ({
  Resource: types.map((type) => `arn:${partition}:ec2:${region}:*:${type}/*`),
  Condition: {
    ArnLike: { 'ec2:Vpc': vpcIds.map((id) => `arn:${partition}:ec2:${region}:*:vpc/${id}`) },
  },
});

const create = (scope: Ec2Scope): readonly Statement[] => [
  {
    Sid: 'CreateOurs',
    Effect: 'Allow',
    Action: ['ec2:CreateNetworkInterface'],
    Resource: [interfaces(scope.place)],
    Condition: {
      StringEquals: {
        ...clusterTags(scope, requestTag),
        // Without it the VPC CNI takes the interface for one of its own.
        [requestTag(NO_MANAGE_TAG)]: 'true',
      },
      // No interface is made that nobody could be found for afterwards.
      Null: {
        [requestTag(TAGS.clusterUid)]: 'false',
        [requestTag(TAGS.uid)]: 'false',
        [requestTag(TAGS.instance)]: 'false',
      },
    },
  },
  {
    Sid: 'CreateInOurVpcs',
    Effect: 'Allow',
    Action: ['ec2:CreateNetworkInterface'],
    ...inOurVpcs(scope, ['subnet', 'security-group']),
  },
  {
    // Only as a part of the create call ("Grant permission to tag Amazon EC2 resources during creation").
    Sid: 'TagAtCreation',
    Effect: 'Allow',
    Action: ['ec2:CreateTags'],
    Resource: [interfaces(scope.place)],
    Condition: {
      StringEquals: { 'ec2:CreateAction': 'CreateNetworkInterface' },
      'ForAllValues:StringNotEquals': { 'aws:TagKeys': NEVER_AT_BIRTH },
    },
  },
];

const change = (scope: Ec2Scope): readonly Statement[] => [
  {
    Sid: 'ChangeOurs',
    Effect: 'Allow',
    Action: [
      'ec2:AttachNetworkInterface',
      'ec2:DetachNetworkInterface',
      'ec2:ModifyNetworkInterfaceAttribute',
      'ec2:AssignPrivateIpAddresses',
      'ec2:AssignIpv6Addresses',
      'ec2:DeleteNetworkInterface',
    ],
    Resource: [interfaces(scope.place)],
    Condition: { StringEquals: isOurs(scope) },
  },
  {
    // Attaching and detaching, and the flag of an attachment, are authorised on the instance too. The tag's value may
    // be owned or shared.
    Sid: 'AtOurInstances',
    Effect: 'Allow',
    Action: [
      'ec2:AttachNetworkInterface',
      'ec2:DetachNetworkInterface',
      'ec2:ModifyNetworkInterfaceAttribute',
    ],
    Resource: [instances(scope.place)],
    Condition: { Null: { [resourceTag(clusterTagOf(scope.clusterName))]: 'false' } },
  },
  {
    Sid: 'GroupsOfOurVpcs',
    Effect: 'Allow',
    Action: ['ec2:ModifyNetworkInterfaceAttribute'],
    ...inOurVpcs(scope, ['security-group']),
  },
];

const tag = (scope: Ec2Scope): readonly Statement[] => [
  {
    // The tags of a NodeENI's spec. Ours were set at birth, and nothing here can make an interface another's.
    Sid: 'TagOurs',
    Effect: 'Allow',
    Action: ['ec2:CreateTags'],
    Resource: [interfaces(scope.place)],
    Condition: {
      StringEquals: isOurs(scope),
      'ForAllValues:StringNotLike': {
        'aws:TagKeys': KEPT_TAGS,
      },
    },
  },
  {
    // What somebody took off. The cluster's tags are not among them: nothing here can make an interface ours or another's.
    Sid: 'PutTagsBack',
    Effect: 'Allow',
    Action: ['ec2:CreateTags'],
    Resource: [interfaces(scope.place)],
    Condition: {
      StringEquals: isOurs(scope),
      'ForAllValues:StringEquals': { 'aws:TagKeys': MENDED_TAGS },
      StringEqualsIfExists: { [requestTag(NO_MANAGE_TAG)]: 'true' },
      Null: { 'aws:TagKeys': 'false' },
    },
  },
  {
    // A call that names no key takes all tags off ("DeleteTags", Amazon EC2 API Reference).
    Sid: 'UntagOurs',
    Effect: 'Allow',
    Action: ['ec2:DeleteTags'],
    Resource: [interfaces(scope.place)],
    Condition: {
      StringEquals: isOurs(scope),
      'ForAllValues:StringNotLike': { 'aws:TagKeys': KEPT_TAGS },
      Null: { 'aws:TagKeys': 'false' },
    },
  },
  {
    // Somebody attached it to another instance: our own tags go, and with them every right to touch it. The owner tags of
    // other controllers go by the keys of whoever runs `nodeeni adopt`.
    Sid: 'GiveUpOurs',
    Effect: 'Allow',
    Action: ['ec2:DeleteTags'],
    Resource: [interfaces(scope.place)],
    Condition: {
      StringEquals: isOurs(scope),
      'ForAllValues:StringEquals': { 'aws:TagKeys': Object.values(TAGS) },
      Null: { 'aws:TagKeys': 'false' },
    },
  },
];

const READS = [
  'DescribeInstances',
  'DescribeInstanceTypes',
  'DescribeNetworkInterfaces',
  'DescribeSecurityGroups',
  'DescribeSecurityGroupVpcAssociations',
  'DescribeSubnets',
];

/** Everything that making, keeping and deleting interfaces takes. */
export const workOnInterfaces = (scope: Ec2Scope): readonly Statement[] => [
  read(READS),
  ...create(scope),
  ...change(scope),
  ...tag(scope),
];

/** The roll-up asks what is left of a NodeENI, and whether an instance that is not served has ended. */
export const readInterfaces = (): readonly Statement[] => [
  read(['DescribeInstances', 'DescribeNetworkInterfaces']),
];

/** The sweep reads everything and marks what nobody owns. */
export const sweepInterfaces = (scope: Ec2Scope): readonly Statement[] => [
  read(READS),
  {
    Sid: 'MarkOrphans',
    Effect: 'Allow',
    Action: ['ec2:CreateTags'],
    Resource: [interfaces(scope.place)],
    Condition: {
      StringEquals: isOurs(scope),
      'ForAllValues:StringEquals': { 'aws:TagKeys': [TAGS.orphanSince, TAGS.instance] },
      // It moves nothing from one instance to another: all it may say is that nobody knows whose an orphan was.
      StringEqualsIfExists: { [requestTag(TAGS.instance)]: NO_INSTANCE },
      Null: { 'aws:TagKeys': 'false' },
    },
  },
];
