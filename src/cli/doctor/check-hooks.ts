import { ASG_NAME_TAG } from '#core/apis/v1alpha1/names.ts';
import type { LifecycleHook } from '#core/ports/scaling.ts';
import { hookFault, hookSettings, isOfNamesake } from '#core/scaling/hook-metadata.ts';
import { longestWaitSeconds } from '#core/scaling/longest-wait.ts';
import type { Check, Finding } from './finding.ts';
import type { Patient } from './patient.ts';

const GUIDE = 'docs/guides/lifecycle-hooks.md has metadata to copy.';

const findingsFor = (hook: LifecycleHook, clusterName: string, uid: string): readonly Finding[] => {
  const title = `Hook ${hook.hookName} of ${hook.groupName}`;
  const cluster = { name: clusterName, uid };
  const fault = hookFault(hook, cluster);
  if (fault !== undefined)
    return [
      {
        severity: 'error',
        what: `${title} has metadata that cannot be read, ${fault}: ${hook.notificationMetadata}`,
        why: 'Nobody completes it: each launch waits until the hook times out.',
        mend: GUIDE,
      },
    ];
  if (isOfNamesake(hook, cluster))
    return [
      {
        severity: 'error',
        what: `${title} names the clusterUid of another cluster.`,
        why: 'Nobody completes it: each launch waits until the hook times out.',
        mend: `The uid of this cluster is ${uid}.`,
      },
    ];
  const settings = hookSettings(hook, cluster);
  const mostSeconds = longestWaitSeconds(hook);
  if (settings === undefined || hook.transition !== 'launching') return [];
  if (settings.deadlineSeconds <= mostSeconds) return [];
  return [
    {
      severity: 'warning',
      what: `${title} has a deadline of ${settings.deadlineSeconds} s, and Auto Scaling waits ${mostSeconds} s at most.`,
      why: 'A slow launch ends by the default result of the hook and not by onDeadline.',
      mend: 'Raise its heartbeat timeout, or lower deadlineSeconds.',
    },
  ];
};

/** Whether the hooks of the groups that the nodes come from are ones that somebody completes. */
export const hooksCheck: Check<Patient> = {
  name: 'lifecycle hooks',
  async find({ instances, stores, clusterName, uid }) {
    const groups = new Set([...instances.values()].flatMap(({ tags }) => tags[ASG_NAME_TAG] ?? []));
    const hooks = await Promise.all([...groups].map((group) => stores.scaling.getHooks(group)));
    return hooks.flat().flatMap((hook) => findingsFor(hook, clusterName, uid));
  },
};
