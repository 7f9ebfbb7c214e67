import { z } from 'zod';
import { schemaFaults } from '#core/apis/v1alpha1/schema-faults.ts';
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

const parsed = ({ notificationMetadata }: Metadata): { readonly value: unknown } | undefined => {
  try {
    return { value: JSON.parse(notificationMetadata) };
  } catch {
    return undefined;
  }
};

/** The settings of a hook that carries the name of a cluster of ours, which may be another's name too. */
const namedSettings = (hook: Metadata, name: string): HookSettings | undefined => {
  const settings = metadataSchema.safeParse(parsed(hook)?.value).data;
  return settings?.cluster === name ? settings : undefined;
};

/** What tells whose a hook is, whatever else it says. */
const ownerSchema = z.object({ cluster: z.string(), clusterUid: z.string().optional() });

const ownerOf = (hook: Metadata) => ownerSchema.safeParse(parsed(hook)?.value).data;

/** True for a hook that carries our name and asks for the uid of its cluster. */
export const asksForUid = (hook: Metadata, name: string): boolean => {
  const owner = ownerOf(hook);
  return owner?.cluster === name && owner.clusterUid !== undefined;
};

/**
 * Broken JSON names nobody for certain: it is taken for ours when our name stands in it as the cluster's, with whatever quotes.
 * What does not begin as JSON does was not written for us.
 */
const isNamedIn = (text: string, name: string): boolean => {
  const bare = text.replaceAll(/[\s"']/g, '');
  return bare.startsWith('{') && /[{,]cluster:([^,}]*)/.exec(bare)?.[1] === name;
};

/** Why a hook of this cluster cannot be read, in words; undefined for one that can be and for everybody else's. */
export const hookFault = (
  hook: Metadata,
  { name, uid }: { readonly name: string; readonly uid?: string | undefined },
): string | undefined => {
  const metadata = parsed(hook);
  if (metadata === undefined)
    return isNamedIn(hook.notificationMetadata, name) ? 'it is no JSON' : undefined;
  const owner = ownerOf(hook);
  if (owner?.cluster !== name) return undefined;
  if (owner.clusterUid !== undefined && owner.clusterUid !== uid) return undefined;
  const { error } = metadataSchema.safeParse(metadata.value);
  return error && schemaFaults(error).join('; ');
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
