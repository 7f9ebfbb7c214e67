import {
  nodeEniNameOf,
  type Slot,
  type SlotSpec,
  type SlotStatus,
} from '#core/apis/v1alpha1/node-eni-state.ts';
import type { NetworkInterface } from '#core/ports/cloud.ts';
import type { EventObject, InstanceFacts, NodeEniFacts } from './facts.ts';
import { rowChangedAt } from './row-changed-at.ts';

/** Who has told of it. */
type Witness = 'EC2' | 'Kubernetes' | 'nodeeni' | 'Systems Manager' | 'host' | 'Event';

/** Something that has happened to an instance. */
export interface Moment {
  /** ISO 8601. */
  readonly at: string;
  readonly by: Witness;
  readonly what: string;
  /** The slot that it happened to; absent for the whole instance. */
  readonly slot?: Slot;
  /** The NodeENI, for what was said of all of its interfaces. */
  readonly nodeEni?: string;
}

/** A time that may be missing. */
const when = (at: string | Date | undefined, moment: Omit<Moment, 'at'>): readonly Moment[] =>
  at === undefined ? [] : [{ at: typeof at === 'string' ? at : at.toISOString(), ...moment }];

const ofInstance = ({ instance, node, state }: InstanceFacts): readonly Moment[] => {
  const ready = node?.status?.conditions?.find(
    ({ type, status }) => type === 'Ready' && status === 'True',
  );
  const command = state?.spec.hostCommand;
  return [
    ...when(instance?.launchTime, {
      by: 'EC2',
      what: `launched as ${instance?.instanceType} in ${instance?.zone}`,
    }),
    ...when(state?.metadata.creationTimestamp, { by: 'nodeeni', what: 'first recorded' }),
    ...when(node?.metadata.creationTimestamp, {
      by: 'Kubernetes',
      what: `node ${node?.metadata.name} registered`,
    }),
    ...when(ready?.lastTransitionTime, { by: 'Kubernetes', what: 'the node became Ready' }),
    ...when(state?.spec.nodeMissingSince, { by: 'Kubernetes', what: 'the node was gone' }),
    ...when(state?.spec.missingSince, { by: 'EC2', what: 'EC2 did not know the instance' }),
    ...when(command?.sentAt, { by: 'Systems Manager', what: 'a command for the host was sent' }),
  ];
};

const ofSlot = (
  slot: Slot,
  record: SlotSpec | undefined,
  eni: NetworkInterface | undefined,
): readonly Moment[] => [
  ...when(record?.create?.incarnation, { by: 'nodeeni', what: 'an ENI was decided on', slot }),
  ...when(record?.createTriedAt, { by: 'nodeeni', what: 'its creation was asked for', slot }),
  ...when(record?.attachAcceptedAt, { by: 'EC2', what: 'an attachment was accepted', slot }),
  ...when(eni?.attachment?.attachedAt, {
    by: 'EC2',
    what: `${eni?.eniId} was attached at index ${eni?.attachment?.deviceIndex}`,
    slot,
  }),
  ...when(record?.growth?.at, {
    by: 'nodeeni',
    what: `pods needed more addresses: one prefix beside ${record?.growth?.from} was asked for`,
    slot,
  }),
  ...when(record?.missingSince, { by: 'EC2', what: 'EC2 showed the ENI no more', slot }),
  ...when(record?.detachingSince, { by: 'EC2', what: 'the ENI was being detached', slot }),
  ...when(record?.releasingSince, { by: 'nodeeni', what: 'its release began', slot }),
];

const ofStatus = (slot: Slot, { since, phase, reason, message }: SlotStatus): readonly Moment[] =>
  when(since, { by: 'nodeeni', what: `${phase}, ${reason}: ${message}`, slot });

/** The last word of the host, at the moment when the NodeENI took it up. */
const ofHost = (facts: InstanceFacts, slot: Slot): readonly Moment[] => {
  const said = facts.state?.status?.host?.[slot];
  const as = said?.interfaceName === undefined ? '' : ` as ${said.interfaceName}`;
  const link = said?.configured === true ? `configured${as}` : said?.reason;
  const network = said?.podNetwork && `its network ${said.podNetwork.reason}`;
  const what = ['its report was taken up', link, network].filter(Boolean).join(', ');
  return when(rowChangedAt(facts, slot), { by: 'host', what, slot });
};

const ofEvent = (event: EventObject): readonly Moment[] => {
  const { reason, message, count = 1, firstTimestamp, lastTimestamp } = event;
  const { kind, name } = event.involvedObject;
  const often = count > 1 ? ` (${count} times, last at ${lastTimestamp})` : '';
  return when(firstTimestamp, {
    by: 'Event',
    what: `${kind} ${name}: ${reason}: ${message}${often}`,
    ...(kind === 'NodeENI' && { nodeEni: name }),
  });
};

/** The slots of an instance, recorded or told of, in a stable order. */
export const slotsOf = ({ state }: InstanceFacts): readonly Slot[] =>
  [
    ...new Set([
      ...Object.keys(state?.spec.interfaces ?? {}),
      ...Object.keys(state?.status?.interfaces ?? {}),
    ]),
  ].toSorted();

const inOrder = (moments: readonly Moment[]): readonly Moment[] =>
  moments.toSorted((left, right) => Date.parse(left.at) - Date.parse(right.at));

/** All that has happened to an instance and can still be reported, in order. */
export const momentsOf = (facts: InstanceFacts): readonly Moment[] => {
  const { state, enis, events, nodeEnis } = facts;
  const ofSlots = slotsOf(facts).flatMap((slot) => {
    const record = state?.spec.interfaces?.[slot];
    const status = state?.status?.interfaces?.[slot];
    const eni = enis.find(({ eniId }) => eniId === record?.eniId);
    const { metadata } = nodeEnis.get(nodeEniNameOf(slot)) ?? {};
    return [
      ...ofSlot(slot, record, eni),
      ...ofHost(facts, slot),
      ...when(metadata?.deletionTimestamp, {
        by: 'Kubernetes',
        what: 'the deletion of its NodeENI was asked for',
        slot,
      }),
      ...(status ? ofStatus(slot, status) : []),
    ];
  });
  return inOrder([...ofInstance(facts), ...ofSlots, ...events.flatMap(ofEvent)]);
};

/** What has happened to a NodeENI as a whole. */
export const nodeEniMoments = ({ nodeEni, events }: NodeEniFacts): readonly Moment[] => {
  const { creationTimestamp, deletionTimestamp } = nodeEni.metadata;
  return inOrder([
    ...when(creationTimestamp, { by: 'Kubernetes', what: 'created' }),
    ...when(deletionTimestamp, { by: 'Kubernetes', what: 'its deletion was asked for' }),
    ...events.flatMap(ofEvent),
  ]);
};
