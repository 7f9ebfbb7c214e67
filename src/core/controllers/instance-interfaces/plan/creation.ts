import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { NO_MANAGE_TAG, TAGS } from '#core/apis/v1alpha1/names.ts';
import type { CreateParameters } from '#core/apis/v1alpha1/node-eni-state.ts';
import { userTagsOf } from '#core/apis/v1alpha1/rules.ts';
import type { Observed } from '#core/instance/observed.ts';
import { countsToCreate } from './addresses.ts';
import type { DesiredInterface } from './desired.ts';

const TAG_VALUE_LIMIT = 256;

/** EC2 takes 255 characters, as the schema says of the field; the name of an object may have 253 of its own. */
const DESCRIPTION_LIMIT = 255;

/** The description of an ENI; of a NodeENI that gives none, one that names it and is cut at the name if it is too long. */
export const descriptionFor = ({ nodeEni }: DesiredInterface, instanceId: string): string => {
  const { spec, metadata } = nodeEni;
  if (spec.description !== undefined) return spec.description;
  const [before, after] = ['NodeENI ', ` on ${instanceId}`];
  const room = DESCRIPTION_LIMIT - before.length - after.length;
  return `${before}${metadata.name.slice(0, room)}${after}`;
};

// 64 characters, which is all CreateNetworkInterface takes ("Ensuring idempotency", EC2 API Reference).
const clientTokenFor = (parts: readonly string[]): string =>
  bytesToHex(sha256(utf8ToBytes(parts.join('\n'))));

/** Later than the last try, so that a new incarnation has a new token even within one reconcile. */
const incarnationAfter = (lastTry: string | undefined, now: Date): string => {
  const last = Date.parse(lastTry ?? '');
  return new Date(Number.isNaN(last) ? now : Math.max(now.getTime(), last + 1)).toISOString();
};

/**
 * The parameters of the one create call for this slot and incarnation. They are recorded before the call, and a
 * retry replays the record, never this function: a token with other parameters is refused.
 */
export const creationFor = (
  desired: DesiredInterface,
  observed: Observed,
  lastTry?: string,
): CreateParameters => {
  const { nodeEni, subnet } = desired;
  const { cluster, instanceId, now } = observed;
  const { name, uid } = nodeEni.metadata;
  const incarnation = incarnationAfter(lastTry, now);
  return {
    incarnation,
    clientToken: clientTokenFor([
      cluster.name,
      cluster.uid,
      uid,
      instanceId,
      subnet.subnetId,
      incarnation,
    ]),
    subnetId: subnet.subnetId,
    groupIds: [...desired.groupIds],
    description: descriptionFor(desired, instanceId),
    tags: {
      ...userTagsOf(nodeEni.spec),
      Name: `nodeeni-${name}-${instanceId}-${subnet.subnetId.slice(-8)}`.slice(0, TAG_VALUE_LIMIT),
      [NO_MANAGE_TAG]: 'true',
      [TAGS.cluster]: cluster.name,
      [TAGS.clusterUid]: cluster.uid,
      [TAGS.uid]: uid,
      [TAGS.name]: name,
      [TAGS.instance]: instanceId,
      [TAGS.subnet]: subnet.subnetId,
      [TAGS.createdAt]: incarnation,
    },
    ...countsToCreate(desired),
  };
};
