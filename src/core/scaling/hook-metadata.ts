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
});

/** Our settings of a lifecycle hook, as its NotificationMetadata carries them in JSON. */
export type HookSettings = z.infer<typeof metadataSchema>;

/** The settings of a hook that names this cluster; undefined for everybody else's hooks. */
export const hookSettings = (
  { notificationMetadata }: Pick<LifecycleHook, 'notificationMetadata'>,
  cluster: { readonly name: string; readonly uid?: string },
): HookSettings | undefined => {
  try {
    const settings = metadataSchema.parse(JSON.parse(notificationMetadata));
    if (settings.cluster !== cluster.name) return undefined;
    const isOther =
      settings.clusterUid !== undefined &&
      cluster.uid !== undefined &&
      settings.clusterUid !== cluster.uid;
    return isOther ? undefined : settings;
  } catch {
    return undefined;
  }
};
