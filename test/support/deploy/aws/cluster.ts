import type { Properties } from '../provider.ts';
import { type Kinds, text } from './kind.ts';
import { isArnOf, isNoLongerThan, isWithin, matches, refusalsOf } from './limits.ts';

const ENTRY = (inputs: Properties): string =>
  `/clusters/${text(inputs, 'clusterName')}/access-entries/${encodeURIComponent(text(inputs, 'principalArn'))}`;

const AUTO_SCALING_VERSION = '2011-01-01';

const hookOf = (inputs: Properties) => ({
  LifecycleHookName: inputs.name,
  AutoScalingGroupName: inputs.autoscalingGroupName,
  LifecycleTransition: inputs.lifecycleTransition,
  HeartbeatTimeout: inputs.heartbeatTimeout,
  DefaultResult: inputs.defaultResult,
  NotificationMetadata: inputs.notificationMetadata,
});

/** Names that access entries cannot give ("CreateAccessEntry", Amazon EKS API Reference). */
const isOwnGroup = (group: string): boolean => !/^(?:system|eks|aws|amazon|iam):/.test(group);

export const CLUSTER: Kinds = {
  'aws:eks/accessEntry:AccessEntry': {
    fixed: ['clusterName', 'principalArn', 'type'],
    refusals: (inputs) =>
      refusalsOf(inputs, {
        principalArn: isArnOf('iam', '(?:role|user)/'),
        kubernetesGroups: (groups) => (groups as readonly string[]).every(isOwnGroup),
      }),
    create: async (inputs, { calls }) => {
      const path = `/clusters/${text(inputs, 'clusterName')}/access-entries`;
      await calls.rest('eks', 'POST', path, {
        principalArn: inputs.principalArn,
        kubernetesGroups: inputs.kubernetesGroups,
        type: inputs.type,
        tags: inputs.tags,
      });
      const id = `${text(inputs, 'clusterName')}:${text(inputs, 'principalArn')}`;
      return { id, properties: inputs };
    },
    update: async (_made, { after }, { calls }) => {
      await calls.rest('eks', 'POST', ENTRY(after), { kubernetesGroups: after.kubernetesGroups });
      return after;
    },
    remove: async ({ properties }, { calls }) => {
      await calls.rest('eks', 'DELETE', ENTRY(properties));
    },
  },
  'aws:autoscaling/lifecycleHook:LifecycleHook': {
    naming: { property: 'name', most: 255 },
    fixed: ['name', 'autoscalingGroupName'],
    refusals: (inputs) =>
      refusalsOf(inputs, {
        name: matches(/^[\w/-]{1,255}$/),
        heartbeatTimeout: isWithin(30, 7200),
        defaultResult: matches(/^(?:ABANDON|CONTINUE)$/),
        notificationMetadata: isNoLongerThan(4000),
      }),
    create: async (inputs, { calls }) => {
      await calls.query('autoscaling', AUTO_SCALING_VERSION, {
        Action: 'PutLifecycleHook',
        ...hookOf(inputs),
      });
      return { id: text(inputs, 'name'), properties: inputs };
    },
    update: async (_made, { after }, { calls }) => {
      await calls.query('autoscaling', AUTO_SCALING_VERSION, {
        Action: 'PutLifecycleHook',
        ...hookOf(after),
      });
      return after;
    },
    remove: async ({ id, properties }, { calls }) => {
      await calls.query('autoscaling', AUTO_SCALING_VERSION, {
        Action: 'DeleteLifecycleHook',
        LifecycleHookName: id,
        AutoScalingGroupName: properties.autoscalingGroupName,
      });
    },
  },
};
