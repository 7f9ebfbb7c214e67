import { NO_MANAGE_TAG, PEER_TAGS, TAGS } from '#core/apis/v1alpha1/names.ts';
import { userTagsOf } from '#core/apis/v1alpha1/rules.ts';
import type { Observed } from '#core/instance/observed.ts';
import type { DesiredInterface } from './desired.ts';

type Tags = Readonly<Record<string, string>>;

/** "Tag restrictions", Amazon EC2 User Guide: 50 tags a resource, and the sweep may need one for an orphan. */
const MOST_TAGS = 49;
const TAG_VALUE_LIMIT = 256;

/** The tag that the console shows as the name, in the Go controller's form. */
const nameFor = ({ nodeEni, subnet }: DesiredInterface, place: string): string =>
  `nodeeni-${nodeEni.metadata.name}-${place}-${subnet.subnetId.slice(-8)}`.slice(
    0,
    TAG_VALUE_LIMIT,
  );

/** An instance that a hook holds has no Node yet: then its id stands for the name. */
const placeOf = ({ node, instanceId }: Observed): string => node?.name ?? instanceId;

/** Ours: by these an ENI is known, and the first is for people. */
const ownTags = (desired: DesiredInterface, observed: Observed, incarnation: string): Tags => {
  const { cluster, instanceId } = observed;
  const { name, uid } = desired.nodeEni.metadata;
  return {
    Name: nameFor(desired, placeOf(observed)),
    [NO_MANAGE_TAG]: 'true',
    [TAGS.cluster]: cluster.name,
    [TAGS.clusterUid]: cluster.uid,
    [TAGS.uid]: uid,
    [TAGS.name]: name,
    [TAGS.instance]: instanceId,
    [TAGS.subnet]: desired.subnet.subnetId,
    [TAGS.createdAt]: incarnation,
  };
};

/**
 * The tags of the Go controller's names, for bills and filters that go by them; none where nobody asked for them. A tag of the spec
 * comes first, and all are left out where there is no room for them. The Node's name comes with the Node.
 */
const legacyTags = ({ nodeEni, subnet }: DesiredInterface, observed: Observed): Tags => {
  if (observed.settings?.hasLegacyTags !== true) return {};
  const tags: Tags = {
    [PEER_TAGS.nodeEni]: nodeEni.metadata.name,
    ...(observed.node && { [PEER_TAGS.node]: observed.node.name.slice(0, TAG_VALUE_LIMIT) }),
    [PEER_TAGS.subnet]: subnet.subnetId,
  };
  const users = userTagsOf(nodeEni.spec);
  const room = MOST_TAGS - OWN_TAGS - Object.keys(users).length;
  return room < LEGACY_TAGS ? {} : tags;
};

const OWN_TAGS = 9;
const LEGACY_TAGS = 3;

/** All tags of an ENI that is to be made. */
export const tagsAtCreation = (
  desired: DesiredInterface,
  observed: Observed,
  incarnation: string,
): Tags => ({
  ...legacyTags(desired, observed),
  ...userTagsOf(desired.nodeEni.spec),
  ...ownTags(desired, observed, incarnation),
});

/**
 * What an ENI that is there should carry beside the tags by which it is ours: those of the spec, and those of the Go controller's
 * names. In: its tags now. A name that somebody gave it by hand is theirs; one that we gave it before the Node was there is not.
 */
export const tagsToKeep = (desired: DesiredInterface, observed: Observed, now: Tags): Tags => {
  const isNamedEarly = now.Name === nameFor(desired, observed.instanceId);
  const isLegacy = observed.settings?.hasLegacyTags === true;
  return {
    ...legacyTags(desired, observed),
    ...(isLegacy && isNamedEarly && { Name: nameFor(desired, placeOf(observed)) }),
    ...userTagsOf(desired.nodeEni.spec),
  };
};
