import { NO_MANAGE_TAG, TAGS } from '#core/apis/v1alpha1/names.ts';
import type { SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { InterfaceAction } from '#core/instance/interface-action.ts';
import type { Observed } from '#core/instance/observed.ts';
import type { OurInterface } from '#core/instance/ownership.ts';
import { sameJson } from '#core/json.ts';
import { descriptionFor } from './create.ts';
import type { DesiredInterface } from './desired.ts';
import { tagsToKeep } from './eni-tags.ts';

type Drift = (
  desired: DesiredInterface,
  eni: OurInterface,
  record: SlotSpec | undefined,
  observed: Observed,
) => InterfaceAction[];

const deleteOnTermination: Drift = ({ slot, nodeEni }, { eniId, attachment }) => {
  const value = nodeEni.spec.deleteOnTermination;
  if (attachment === undefined || attachment.deleteOnTermination === value) return [];
  const { attachmentId } = attachment;
  return [{ type: 'set-delete-on-termination', slot, eniId, attachmentId, value }];
};

const groups: Drift = ({ slot, groupIds }, eni) =>
  groupIds.length === 0 || sameJson(groupIds, eni.groupIds.toSorted())
    ? []
    : [{ type: 'set-groups', slot, eniId: eni.eniId, groupIds }];

const description: Drift = (desired, eni) => {
  const wanted = descriptionFor(desired, eni.tags[TAGS.instance] ?? '');
  return eni.description === wanted
    ? []
    : [{ type: 'set-description', slot: desired.slot, eniId: eni.eniId, description: wanted }];
};

const sourceDestCheck: Drift = ({ slot, nodeEni }, eni) => {
  const value = nodeEni.spec.sourceDestCheck;
  return value === undefined || value === eni.sourceDestCheck
    ? []
    : [{ type: 'set-source-dest-check', slot, eniId: eni.eniId, value }];
};

// Addresses are only ever added: one that a pod uses must not vanish because a number in a manifest went down.
const addresses: Drift = ({ slot, nodeEni }, eni) => {
  const { secondaryPrivateIPAddressCount = 0, ipv6AddressCount = 0 } = nodeEni.spec;
  const { ipv4PrefixCount = 0, ipv6PrefixCount = 0 } = nodeEni.spec;
  const ipv4 = secondaryPrivateIPAddressCount - eni.secondaryPrivateIpAddresses.length;
  const ipv6 = ipv6AddressCount - eni.ipv6Addresses.length;
  const ipv4Prefixes = ipv4PrefixCount - (eni.ipv4Prefixes?.length ?? 0);
  const ipv6Prefixes = ipv6PrefixCount - (eni.ipv6Prefixes?.length ?? 0);
  const action = { type: 'assign-addresses', slot, eniId: eni.eniId } as const;
  return [
    ...(ipv4 > 0 ? [{ ...action, secondaryPrivateIpAddressCount: ipv4 }] : []),
    ...(ipv6 > 0 ? [{ ...action, ipv6AddressCount: ipv6 }] : []),
    ...(ipv4Prefixes > 0 ? [{ ...action, ipv4PrefixCount: ipv4Prefixes }] : []),
    ...(ipv6Prefixes > 0 ? [{ ...action, ipv6PrefixCount: ipv6Prefixes }] : []),
  ];
};

// By these the ENI is found again, and without the last the VPC CNI takes it for its pods.
const ownTags: Drift = ({ slot }, { eniId, tags, wornTags = {} }) => {
  const missing = {
    ...wornTags,
    ...(tags[NO_MANAGE_TAG] !== 'true' && { [NO_MANAGE_TAG]: 'true' }),
  };
  return Object.keys(missing).length === 0
    ? []
    : [{ type: 'restore-tags', slot, eniId, tags: missing }];
};

const addedTags: Drift = (desired, eni, _, observed) => {
  const kept = Object.entries(tagsToKeep(desired, observed, eni.tags));
  const tags = Object.fromEntries(kept.filter(([key, value]) => eni.tags[key] !== value));
  return Object.keys(tags).length === 0
    ? []
    : [{ type: 'set-tags', slot: desired.slot, eniId: eni.eniId, tags }];
};

/** What we live by is no user's tag, whatever a record says. */
const isOwn = (key: string): boolean =>
  [...Object.values(TAGS), NO_MANAGE_TAG].some((own) => own === key);

// An orphan's mark goes too once the ENI is wanted: left in place it would count as a first sighting years later.
const removedTags: Drift = (desired, eni, record, observed) => {
  const wanted = tagsToKeep(desired, observed, eni.tags);
  const users = Object.keys(record?.userTags ?? {}).filter((key) => !isOwn(key));
  const keys = [...users, TAGS.orphanSince].filter((key) => key in eni.tags && !(key in wanted));
  return keys.length === 0
    ? []
    : [{ type: 'remove-tags', slot: desired.slot, eniId: eni.eniId, keys }];
};

/**
 * What differs between an ENI and its spec, or what we live by, mended in place, never by a new ENI. The delete-on-termination flag
 * comes first: without it an instance that ends now leaves its ENI behind.
 */
export const driftOf: Drift = (desired, eni, record, observed) =>
  [
    deleteOnTermination,
    ownTags,
    groups,
    sourceDestCheck,
    description,
    addresses,
    addedTags,
    removedTags,
  ].flatMap((drift) => drift(desired, eni, record, observed));
