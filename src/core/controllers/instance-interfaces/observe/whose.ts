import { MENDED_TAGS, TAGS } from '#core/apis/v1alpha1/names.ts';
import type { NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import {
  type NodeEniState,
  nodeEniNameOf,
  type Slot,
  type SlotSpec,
} from '#core/apis/v1alpha1/node-eni-state.ts';
import type { OurInterface } from '#core/instance/ownership.ts';
import { slotOfEni } from '#core/instance/ownership.ts';
import { once } from '#core/once.ts';
import type { NetworkInterface } from '#core/ports/cloud.ts';

interface Sighting {
  readonly instanceId: string;
  readonly cluster: { readonly name: string; readonly uid: string };
  readonly states: ReadonlyMap<string, NodeEniState>;
  readonly nodeEnis: readonly NodeEni[];
  /** Lists of ENIs, the later ones newer. */
  readonly listings: readonly (readonly NetworkInterface[])[];
}

const indexOf = once((enis: readonly NetworkInterface[]) => ({
  byId: new Map(enis.map((eni) => [eni.eniId, eni])),
  byTag: Map.groupBy(enis, ({ tags }) => tags[TAGS.instance]),
  byPlace: Map.groupBy(enis, ({ attachment }) => attachment?.instanceId),
}));

const indexOfNodeEnis = once((nodeEnis: readonly NodeEni[]) => ({
  byUid: new Map(nodeEnis.map((nodeEni) => [nodeEni.metadata.uid, nodeEni])),
  byName: new Map(nodeEnis.map((nodeEni) => [nodeEni.metadata.name, nodeEni])),
}));

type Recorded = readonly [Slot, SlotSpec];

/** The record that names an ENI: that of the slot in its tags, if two do. */
const recordOf = (eni: NetworkInterface, state: NodeEniState | undefined): Recorded | undefined => {
  const naming = Object.entries(state?.spec.interfaces ?? {}).filter(
    ([, { eniId }]) => eniId === eni.eniId,
  );
  return naming.find(([slot]) => slot === slotOfEni(eni)) ?? naming[0];
};

/** Attached here, or nowhere. */
const isHere = ({ attachment }: NetworkInterface, instanceId: string): boolean =>
  attachment === undefined || attachment.instanceId === instanceId;

/**
 * True for an ENI that is this instance's: its tag says so, or the tag is gone or changed and a record or its place says so.
 * A record alone takes nothing from another instance, and a tag nothing that another one has attached and recorded.
 */
const belongs = (eni: NetworkInterface, { instanceId, states }: Sighting): boolean => {
  const tag = eni.tags[TAGS.instance];
  const place = eni.attachment?.instanceId;
  if (tag === instanceId)
    return isHere(eni, instanceId) || recordOf(eni, states.get(place ?? '')) === undefined;
  const isRecorded = recordOf(eni, states.get(instanceId)) !== undefined;
  return place === instanceId ? tag === undefined || isRecorded : tag === undefined && isRecorded;
};

/** Whose the ENI is: by its record, if the NodeENI of that name is still the same one, or else by what is left of its tags. */
const ownerOf = (
  { tags }: NetworkInterface,
  recorded: Recorded | undefined,
  nodeEnis: readonly NodeEni[],
): NodeEni | undefined => {
  const { byUid, byName } = indexOfNodeEnis(nodeEnis);
  const uid = tags[TAGS.uid];
  const named = recorded && byName.get(nodeEniNameOf(recorded[0]));
  if (named !== undefined && named.metadata.uid === recorded?.[1].nodeEniUid) return named;
  return uid === undefined ? byName.get(tags[TAGS.name] ?? '') : byUid.get(uid);
};

const withoutMissing = (tags: Readonly<Record<string, string | undefined>>) =>
  Object.entries(tags).filter((tag): tag is [string, string] => tag[1] !== undefined);

/** The tags that this ENI is to be known by; for those that nothing tells, the ones that it has. */
const knownBy = (
  eni: NetworkInterface,
  sighting: Sighting,
): readonly (readonly [string, string])[] => {
  const recorded = recordOf(eni, sighting.states.get(sighting.instanceId));
  const owner = ownerOf(eni, recorded, sighting.nodeEnis);
  const [slot, record] = recorded ?? [];
  const of = (key: string, said: string | undefined) => eni.tags[key] ?? said;
  return withoutMissing({
    [TAGS.instance]: sighting.instanceId,
    [TAGS.subnet]: eni.subnetId,
    [TAGS.uid]: owner?.metadata.uid ?? of(TAGS.uid, record?.nodeEniUid),
    [TAGS.name]: owner?.metadata.name ?? of(TAGS.name, slot && nodeEniNameOf(slot)),
    [TAGS.createdAt]: of(TAGS.createdAt, record?.create?.incarnation),
  });
};

const asKnown = (eni: NetworkInterface, sighting: Sighting): OurInterface => {
  const tags = knownBy(eni, sighting);
  const worn = tags.filter(([key, value]) => eni.tags[key] !== value && MENDED_TAGS.includes(key));
  if (worn.length === 0) return eni;
  const wornTags = Object.fromEntries(worn);
  return { ...eni, tags: { ...eni.tags, ...wornTags }, wornTags };
};

/**
 * The ENIs of one instance. What makes an ENI ours are the cluster's tags, which IAM asks for too; all others are put back
 * when somebody took them off, and until then the ENI is known by its record or its place.
 */
export const interfacesOf = (sighting: Sighting): OurInterface[] => {
  const { instanceId, cluster, states, listings } = sighting;
  const ids = Object.values(states.get(instanceId)?.spec.interfaces ?? {}).map(
    ({ eniId }) => eniId ?? '',
  );
  const found = listings
    .map(indexOf)
    .flatMap(({ byId, byTag, byPlace }) => [
      ...(byTag.get(instanceId) ?? []),
      ...(byPlace.get(instanceId) ?? []),
      ...ids.flatMap((id) => byId.get(id) ?? []),
    ]);
  return [...new Map(found.map((eni) => [eni.eniId, eni])).values()]
    .filter(
      ({ tags }) => tags[TAGS.cluster] === cluster.name && tags[TAGS.clusterUid] === cluster.uid,
    )
    .filter((eni) => belongs(eni, sighting))
    .map((eni) => asKnown(eni, sighting));
};
