import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { HostStatus, Slot, SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import { HOST_FIELDS } from '#core/instance/host-fields.ts';
import { canonicalJson } from '#core/json.ts';

type Records = Readonly<Record<Slot, SlotSpec>>;

const SENT_FIELDS = ['nodeEniUid', 'subnetId', 'generation', ...HOST_FIELDS] as const;

/** What the agent acts on: without the tags, tokens and back-offs that are nobody's business on a host. */
const sentPart = (records: Records): Readonly<Record<Slot, Partial<SlotSpec>>> =>
  Object.fromEntries(
    Object.entries(records)
      .filter(([, { eniId, macAddress }]) => eniId !== undefined && macAddress !== undefined)
      .map(([slot, record]) => [
        slot,
        Object.fromEntries(SENT_FIELDS.map((field) => [field, record[field]])),
      ]),
  );

/** Where a device was seen last: one that is bound to a driver for DPDK shows no MAC to find it by. */
const lastSeen = (records: Records, rows: Readonly<Record<Slot, HostStatus>>) =>
  Object.fromEntries(
    Object.entries(rows).flatMap(([slot, { eniId, generation, pciAddress }]) =>
      pciAddress === undefined || records[slot]?.eniId !== eniId
        ? []
        : [[slot, { eniId, generation, pciAddress }]],
    ),
  );

/** The NodeENIState document for `agent apply --desired -`, as short as it can be. */
export const desiredDocument = (
  records: Records,
  rows: Readonly<Record<Slot, HostStatus>> = {},
): string =>
  canonicalJson({
    spec: { interfaces: sentPart(records) },
    status: { host: lastSeen(records, rows) },
  });

/** Tells one desired state from another; what a host answers does not change it. */
export const digestOf = (records: Records): string =>
  bytesToHex(sha256(utf8ToBytes(canonicalJson(sentPart(records)))));
