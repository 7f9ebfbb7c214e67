import { clusterTagOf } from '#core/apis/v1alpha1/names.ts';
import type { Statement } from '#core/manifests/policy-statement.ts';
import type { Options } from '../options.ts';
import { arnOf, type Place } from './statement.ts';

interface Scope {
  readonly place: Place;
  readonly clusterName: string;
  readonly scalingGroups: Options['scalingGroups'];
}

const BEAT = ['autoscaling:RecordLifecycleActionHeartbeat'];
const BEAT_AND_COMPLETE = ['autoscaling:CompleteLifecycleAction', ...BEAT];

/** The group's own id stands between; a policy cannot know it. */
const groupArn = (place: Place, name: string): string =>
  arnOf(place, 'autoscaling', `autoScalingGroup:*:autoScalingGroupName/${name}`);

const byName = (
  actions: readonly string[],
  { place, scalingGroups: { names, rightsBy } }: Scope,
): readonly Statement[] =>
  names.length === 0 || rightsBy === 'tag'
    ? []
    : [
        {
          Sid: 'HooksOfNamedGroups',
          Effect: 'Allow',
          Action: actions,
          Resource: names.map((name) => groupArn(place, name)),
        },
      ];

const byTag = (
  actions: readonly string[],
  { place, clusterName, scalingGroups }: Scope,
): readonly Statement[] => {
  const { names, rightsBy } = scalingGroups;
  const isByTag = names.length === 0 || rightsBy === 'tag';
  const usual = isByTag ? clusterTagOf(clusterName) : undefined;
  const key = scalingGroups.tag ?? usual;
  if (key === undefined) return [];
  return [
    {
      Sid: 'HooksOfTaggedGroups',
      Effect: 'Allow',
      Action: actions,
      Resource: [groupArn(place, '*')],
      Condition: { Null: { [`aws:ResourceTag/${key}`]: 'false' } },
    },
  ];
};

/** Reads know neither resources nor tags (Service Authorization Reference, "Actions defined by Amazon EC2 Auto Scaling"). */
const read = (actions: readonly string[]): Statement => ({
  Sid: 'ReadGroups',
  Effect: 'Allow',
  Action: actions.map((action) => `autoscaling:${action}`),
  Resource: ['*'],
});

const READS = [
  'DescribeAutoScalingGroups',
  'DescribeAutoScalingInstances',
  'DescribeLifecycleHooks',
];

/** What it takes to hold instances back and let them go. */
export const workOnHooks = (scope: Scope): readonly Statement[] => [
  read(READS),
  ...byName(BEAT_AND_COMPLETE, scope),
  ...byTag(BEAT_AND_COMPLETE, scope),
];

/** The sweep's part: it asks who waits and sends heartbeats, and lets nobody go. */
export const keepHooksAlive = (scope: Scope): readonly Statement[] => [
  read(READS),
  ...byName(BEAT, scope),
  ...byTag(BEAT, scope),
];
