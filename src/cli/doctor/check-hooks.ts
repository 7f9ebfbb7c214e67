import { ASG_NAME_TAG } from '#core/apis/v1alpha1/names.ts';
import type { LifecycleHook } from '#core/ports/scaling.ts';
import { isOfNamesake, namedSettings } from '#core/scaling/hook-metadata.ts';
import type { Check, Finding } from './finding.ts';
import type { Patient } from './patient.ts';

/** Auto Scaling keeps a waiting instance for 48 hours or 100 times the heartbeat, whichever is less ("PutLifecycleHook"). */
const mostSeconds = ({ heartbeatTimeoutSeconds }: LifecycleHook): number =>
  Math.min(100 * heartbeatTimeoutSeconds, 48 * 3600);

const GUIDE = 'docs/guides/lifecycle-hooks.md has metadata to copy.';

/** Something that its writer meant for us and that we cannot read. */
const looksLikeOurs = ({ notificationMetadata }: LifecycleHook, clusterName: string): boolean =>
  notificationMetadata.includes('cluster') && notificationMetadata.includes(clusterName);

const findingsFor = (hook: LifecycleHook, clusterName: string, uid: string): readonly Finding[] => {
  const title = `Hook ${hook.hookName} of ${hook.groupName}`;
  const settings = namedSettings(hook, clusterName);
  if (settings === undefined)
    return looksLikeOurs(hook, clusterName)
      ? [
          {
            severity: 'error',
            what: `${title} has metadata that cannot be read: ${hook.notificationMetadata}`,
            why: 'Nobody completes it: each launch waits until the hook times out.',
            mend: GUIDE,
          },
        ]
      : [];
  if (isOfNamesake(hook, { name: clusterName, uid }))
    return [
      {
        severity: 'error',
        what: `${title} names the clusterUid of another cluster.`,
        why: 'Nobody completes it: each launch waits until the hook times out.',
        mend: `The uid of this cluster is ${uid}.`,
      },
    ];
  if (hook.transition !== 'launching' || settings.deadlineSeconds <= mostSeconds(hook)) return [];
  return [
    {
      severity: 'warning',
      what: `${title} has a deadline of ${settings.deadlineSeconds} s, and Auto Scaling waits ${mostSeconds(hook)} s at most.`,
      why: 'A slow launch ends by the default result of the hook and not by onDeadline.',
      mend: 'Raise its heartbeat timeout, or lower deadlineSeconds.',
    },
  ];
};

/** Whether the hooks of the groups that the nodes come from are ones that somebody completes. */
export const hooksCheck: Check<Patient & { readonly uid: string }> = {
  name: 'lifecycle hooks',
  async find({ instances, stores, clusterName, uid }) {
    const groups = new Set([...instances.values()].flatMap(({ tags }) => tags[ASG_NAME_TAG] ?? []));
    const hooks = await Promise.all([...groups].map((group) => stores.scaling.getHooks(group)));
    return hooks.flat().flatMap((hook) => findingsFor(hook, clusterName, uid));
  },
};
