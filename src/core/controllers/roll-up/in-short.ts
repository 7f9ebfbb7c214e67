import {
  type HostStatus,
  type NodeEniState,
  nodeEniNameOf,
  type Slot,
  type SlotSpec,
  type SlotStatus,
} from '#core/apis/v1alpha1/node-eni-state.ts';

type Slots<T> = Readonly<Record<Slot, T>>;

/** What is the same in thousands of rows is held once. */
const createPool = () => {
  const texts = new Map<string, string>();
  return (text: string): string => {
    const known = texts.get(text);
    if (known === undefined) texts.set(text, text);
    return known ?? text;
  };
};

type Pool = ReturnType<typeof createPool>;

/**
 * A record without what only a reconcile needs: half of it are the parameters of its create call. What the host is judged by stays,
 * which is all of `laterPartsOf`.
 */
const ownRecord = (
  {
    create: _create,
    userTags: _userTags,
    givenUp: _givenUp,
    secondaryPrivateIpAddresses: _ipv4,
    ipv6Addresses: _ipv6,
    ...record
  }: SlotSpec,
  pool: Pool,
): SlotSpec => ({
  ...record,
  nodeEniUid: pool(record.nodeEniUid),
  subnetId: pool(record.subnetId),
  ...(record.subnetCidr !== undefined && { subnetCidr: pool(record.subnetCidr) }),
});

const ownStatus = (status: SlotStatus, pool: Pool): SlotStatus => ({
  ...status,
  reason: pool(status.reason),
  since: pool(status.since),
});

/** Of the slots of other NodeENIs it is asked whose ENI is recorded, what is being built, and whether there is an agent. */
const otherRecord = (
  { nodeEniUid, subnetId, phase, generation, eniId, host }: SlotSpec,
  pool: Pool,
) => ({
  nodeEniUid: pool(nodeEniUid),
  subnetId: pool(subnetId),
  phase,
  generation,
  ...(eniId !== undefined && { eniId }),
  ...(host !== undefined && { host }),
});

const otherHost = ({ eniId, generation }: HostStatus): HostStatus => ({ eniId, generation });

const mapped = <T, U>(
  slots: Slots<T> | undefined,
  pool: Pool,
  map: (slot: Slot, value: T) => U,
): Record<Slot, U> | undefined =>
  slots &&
  Object.fromEntries(Object.entries(slots).map(([slot, value]) => [pool(slot), map(slot, value)]));

/**
 * Keeps of each state object what the roll-up of these NodeENIs needs: a batch holds those of a whole cluster at once, and one
 * with fifteen interfaces has 20 kB.
 */
export const createShorten = (
  names: readonly string[],
): ((state: NodeEniState) => NodeEniState) => {
  const own = new Set(names);
  const pool = createPool();
  const others = new Map<string, SlotStatus>();
  const isOwn = (slot: Slot): boolean => own.has(nodeEniNameOf(slot));

  const otherStatus = ({ phase, reason }: SlotStatus): SlotStatus => {
    const key = `${phase}/${reason}`;
    const known = others.get(key);
    const status = known ?? { phase, reason, message: '', since: '' };
    if (known === undefined) others.set(key, status);
    return status;
  };

  return ({ metadata: { name, uid }, spec: { nodeName, interfaces }, status }) => {
    const records = mapped(interfaces, pool, (slot, record) =>
      isOwn(slot) ? ownRecord(record, pool) : otherRecord(record, pool),
    );
    const rows = mapped(status?.interfaces, pool, (slot, row) =>
      isOwn(slot) ? ownStatus(row, pool) : otherStatus(row),
    );
    const host = mapped(status?.host, pool, (slot, row) => (isOwn(slot) ? row : otherHost(row)));
    const omitted = status?.interfacesOmitted;
    return {
      metadata: { name, uid },
      spec: {
        ...(nodeName !== undefined && { nodeName }),
        ...(records && { interfaces: records }),
      },
      ...(status && {
        status: {
          ...(rows && { interfaces: rows }),
          ...(host && { host }),
          ...(omitted !== undefined && { interfacesOmitted: omitted }),
        },
      }),
    };
  };
};
