import * as z from 'zod/mini';

/** An instance id: `i-` and 8 or 17 hexadecimal digits ("Resource IDs", Amazon EC2 User Guide). */
export const INSTANCE_ID = /^i-[0-9a-f]{8,17}$/;

export const instanceIdSchema = z.string().check(z.regex(INSTANCE_ID));

/**
 * The instance of a Node, from `aws:///<zone>/i-…` or `aws://<region>/i-…` ("Node v1", providerID).
 * Undefined for nodes that are no EC2 instances: Fargate, hybrid nodes, other clouds, not yet initialised.
 */
export const instanceIdOfProviderId = (providerId: string): string | undefined => {
  if (!providerId.startsWith('aws://')) return undefined;
  const last = providerId.slice(providerId.lastIndexOf('/') + 1);
  return INSTANCE_ID.test(last) ? last : undefined;
};
