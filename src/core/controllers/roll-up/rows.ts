import type { Attachment, NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import {
  type HostStatus,
  type NodeEniState,
  nodeEniNameOf,
  type Slot,
  type SlotSpec,
  type SlotStatus,
} from '#core/apis/v1alpha1/node-eni-state.ts';
import type { Explanation } from '#core/explanation.ts';
import { hasReporter, isAbout, unconfiguredReason } from '#core/host-report.ts';
import { addressesOf } from '#core/instance/pod-network.ts';
import { isAskedFor } from '#core/instance/slot-plan.ts';
import type { Unadopted } from '#core/instance/unadopted.ts';
import { once } from '#core/once.ts';

/** One slot of a NodeENI on one instance, with everything that is known of it. */
export interface Row {
  readonly slot: Slot;
  readonly instanceId: string;
  readonly nodeName: string | undefined;
  readonly status: SlotStatus | undefined;
  readonly record: SlotSpec | undefined;
  /** Only when it speaks of this very ENI in this very generation. */
  readonly host: HostStatus | undefined;
  /** True when what the status says, it said of an earlier generation of the NodeENI. */
  readonly isBehind?: boolean;
  /** Why reconciles of its instance fail, while its status is missing or behind. */
  readonly failure?: Explanation;
  /** True where somebody reports who serves this slot, so that its word is waited for. */
  readonly hasAgent: boolean;
}

const hostOf = (state: NodeEniState, slot: Slot): HostStatus | undefined => {
  const host = state.status?.host?.[slot];
  const record = state.spec.interfaces?.[slot];
  return host !== undefined && record !== undefined && isAbout(host, record) ? host : undefined;
};

/** A row that names no generation is from a version that did not write it: the next reconcile does. */
const isBehind = (status: SlotStatus | undefined, generation: number | undefined): boolean =>
  (status?.nodeEniGeneration ?? Number.POSITIVE_INFINITY) < (generation ?? 0);

const { compare } = new Intl.Collator('en');

/** In the order in which rows are told: by the name of the node, then by the instance. */
const inOrder = (states: readonly NodeEniState[]): readonly NodeEniState[] =>
  states.toSorted(
    (left, right) =>
      compare(left.spec.nodeName ?? '', right.spec.nodeName ?? '') ||
      compare(left.metadata.name, right.metadata.name),
  );

/** Which slots each NodeENI has where, in order: asked for by every NodeENI of the same states. */
const slotsIn = once((states: readonly NodeEniState[]) => {
  const byNodeEni = new Map<string, { readonly state: NodeEniState; readonly slot: Slot }[]>();
  for (const state of inOrder(states)) {
    const { spec, status } = state;
    const slots = [...Object.keys(spec.interfaces ?? {}), ...Object.keys(status?.interfaces ?? {})];
    for (const slot of [...new Set(slots)].toSorted(compare)) {
      const name = nodeEniNameOf(slot);
      const found = byNodeEni.get(name);
      if (found === undefined) byNodeEni.set(name, [{ state, slot }]);
      else found.push({ state, slot });
    }
  }
  return byNodeEni;
});

/** The slots of one NodeENI over all instances, in a stable order. `generation`: the one that is to be answered for. */
export const rowsOf = (
  nodeEniName: string,
  states: readonly NodeEniState[],
  generation?: number,
): Row[] =>
  (slotsIn(states).get(nodeEniName) ?? []).map(({ state, slot }) => {
    const status = state.status?.interfaces?.[slot];
    const record = state.spec.interfaces?.[slot];
    return {
      slot,
      instanceId: state.metadata.name,
      nodeName: state.spec.nodeName,
      status,
      isBehind: isBehind(status, generation),
      record,
      host: hostOf(state, slot),
      hasAgent: hasReporter(state, record),
    };
  });

const NOT_RECONCILED = { reason: 'InProgress', message: 'Not reconciled yet.' };

export const NOT_SINCE_EDIT = {
  reason: 'InProgress',
  message: 'Not reconciled since the last edit.',
};

/** Why a row is not ready yet; undefined when it is. */
export const unreadyReason = (row: Row): Explanation | undefined => {
  const { status, failure } = row;
  if (status === undefined) return failure ?? NOT_RECONCILED;
  if (row.isBehind === true) return failure ?? NOT_SINCE_EDIT;
  if (status.phase !== 'Attached' || status.reason !== 'Attached') return status;
  return unconfiguredReason(row);
};

/** True for a row of which nobody has said how it stands now. */
export const isUnreported = ({ status, isBehind: isOld = false }: Row): boolean =>
  status === undefined || isOld;

/** Rows that count as asked for; one of which nothing is said yet does. */
export const isDesired = ({ status, record }: Row): boolean =>
  record?.phase !== 'Releasing' && (status === undefined || isAskedFor(status));

/** True for an attached interface on a host from which nobody has ever reported: told, and not waited for. */
export const isUnattended = ({ status, record, hasAgent }: Row): boolean =>
  !hasAgent && status?.phase === 'Attached' && record?.linkMode !== 'Unmanaged';

// The Go controller knows one word, `attached`; people's scripts wait for it.
const wordFor = ({ status }: Row): string => (status?.phase ?? 'Pending').toLowerCase();

/** A slot has one row, and one for each ENI that somebody took from it. */
const keyOf = ({ instanceID, subnetID, eniID, reason }: Attachment): string =>
  [instanceID, subnetID, reason === 'AttachedElsewhere' ? eniID : ''].join('/');

const byKey = once(
  (rows: readonly Attachment[]) => new Map(rows.toReversed().map((row) => [keyOf(row), row])),
);

const lastUpdatedOf = (next: Attachment, previous: readonly Attachment[], now: Date): string => {
  const before = byKey(previous).get(keyOf(next));
  const { lastUpdated = now.toISOString(), ...rest } = before ?? {};
  const isSame = Object.entries({ ...rest, ...next }).every(
    ([key, value]) => rest[key as keyof typeof rest] === value && key in next,
  );
  return isSame ? lastUpdated : now.toISOString();
};

/**
 * What stands in a field that is not known yet. Tools that print `.attachments[*].eniID` in a column leave out a row without the
 * field, and the next row's value would stand beside this one's node (kubectl, custom-columns).
 */
const orWord = (value: string | undefined, row: Row): string => value ?? wordFor(row);

const defined = <T extends object>(fields: T) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

/** How the network for pods stands on the node, in one word; undefined where the interface is to be none. */
const networkWordOf = ({ record, host }: Row): string | undefined =>
  record?.podNetwork && (host?.podNetwork?.reason ?? 'WaitingForHost');

/** The row of `status.attachments`, with the names the Go controller's users read. */
export const attachmentOf = (row: Row, previous: readonly Attachment[], now: Date): Attachment => {
  const { record, host } = row;
  const [slotSubnet, slotEni] = row.slot.slice(row.slot.indexOf('/') + 1).split('#');
  // Never without a reason: a row without one is taken for the Go controller's.
  const { reason, message: said } = row.failure ?? row.status ?? NOT_RECONCILED;
  const message =
    reason === 'Attached' && isUnattended(row)
      ? `${said} No agent has reported from its host.`
      : said;
  const attachment: Attachment = defined({
    // Before a Node has registered its instance is all that is known.
    nodeID: row.nodeName ?? row.instanceId,
    instanceID: row.instanceId,
    // The slot of an ENI beside the one that holds it carries its id.
    eniID: orWord(record?.eniId ?? slotEni, row),
    attachmentID: orWord(record?.attachmentId, row),
    subnetID: record?.subnetId ?? slotSubnet,
    subnetCIDR: orWord(record?.subnetCidr, row),
    // What the link has, once its host has read it.
    mtu: host?.mtu ?? record?.mtu,
    deviceIndex: record?.deviceIndex,
    networkCardIndex: record?.networkCardIndex,
    macAddress: record?.macAddress,
    privateIPAddress: record?.privateIpAddress,
    status: wordFor(row),
    reason,
    message,
    interfaceName: host?.interfaceName,
    dpdkBound: record?.dpdk === undefined ? undefined : host?.driver === record.dpdk.driver,
    dpdkDriver: record?.dpdk && host?.driver,
    dpdkResourceName: record?.dpdk?.resourceName ?? record?.resourceName,
    dpdkPCIAddress: host?.pciAddress,
    podNetwork: networkWordOf(row),
    podAddresses: record?.podNetwork && addressesOf(record.podNetwork),
  });
  return { ...attachment, lastUpdated: lastUpdatedOf(attachment, previous, now) };
};

/** The row of an ENI that nobody has adopted yet: what the Go controller wrote of it, and what to do. */
export const unadoptedRow = ({ eni, row }: Unadopted, nodeEni: NodeEni): Attachment => ({
  eniID: eni.eniId,
  subnetID: eni.subnetId,
  status: 'attached',
  ...row,
  ...(eni.attachment && { instanceID: eni.attachment.instanceId }),
  reason: 'NeedsAdoption',
  message: `${eni.eniId} carries the Go controller's tags. Run: nodeeni adopt ${nodeEni.metadata.name}`,
});
