import { z } from 'zod';
import type { LifecycleHook } from '#core/ports/scaling.ts';

const metadataSchema = z.object({
  /** Name of the cluster the hook works for. */
  cluster: z.string(),
  /** UID of its kube-system namespace; only needed where two clusters share a name. */
  clusterUid: z.string().optional(),
  /** What CONTINUE waits for: the attachment in EC2, or the agent's word that the host is set up. */
  completeWhen: z.enum(['Attached', 'Configured']).default('Attached'),
  /** Seconds after launch at which waiting ends. */
  deadlineSeconds: z.int().min(30).max(172_800).default(900),
  /** What happens at the deadline. */
  onDeadline: z.enum(['ABANDON', 'CONTINUE']).default('ABANDON'),
  /** Labels the nodes of the group will carry, where the group's tags do not say. */
  labels: z.record(z.string(), z.string()).optional(),
  /** Whose interfaces the launch waits for: names of NodeENIs, or labels that they carry. Absent: all that select the node. */
  nodeENIs: z
    .union([
      z.array(z.string().min(1)).min(1),
      z.strictObject({ matchLabels: z.record(z.string(), z.string()) }),
    ])
    .optional(),
});

/** Our settings of a lifecycle hook, as its NotificationMetadata carries them in JSON. */
export type HookSettings = z.infer<typeof metadataSchema>;

type Metadata = Pick<LifecycleHook, 'notificationMetadata'>;

/** The settings of a hook that carries the name of a cluster of ours, which may be another's name too. */
export const namedSettings = (
  { notificationMetadata }: Metadata,
  name: string,
): HookSettings | undefined => {
  try {
    const settings = metadataSchema.parse(JSON.parse(notificationMetadata));
    return settings.cluster === name ? settings : undefined;
  } catch {
    return undefined;
  }
};

/**
 * The settings of a hook of this cluster; undefined for everybody else's hooks. While our own uid is not known, a hook that asks
 * for one is nobody's that we may touch.
 */
export const hookSettings = (
  hook: Metadata,
  { name, uid }: { readonly name: string; readonly uid?: string | undefined },
): HookSettings | undefined => {
  const settings = namedSettings(hook, name);
  return settings?.clusterUid === undefined || settings.clusterUid === uid ? settings : undefined;
};

/** True for a hook of another cluster that has our name. */
export const isOfNamesake = (
  hook: Metadata,
  { name, uid }: { readonly name: string; readonly uid: string },
): boolean => {
  const clusterUid = namedSettings(hook, name)?.clusterUid;
  return clusterUid !== undefined && clusterUid !== uid;
};
