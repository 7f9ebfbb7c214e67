import type { HostStatus, Slot } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { PodNetworkReport } from '#core/apis/v1alpha1/pod-network-state.ts';
import { sameJson } from '#core/json.ts';
import { clipped } from '#core/stored-bytes.ts';
import { describeAction, type HostAction } from './actions.ts';
import type { Backoff, Failure } from './backoff.ts';
import { SHARED, scopeOf } from './execute.ts';
import { type Finding, finding } from './finding.ts';
import type { HostPlan } from './plan.ts';
import type { NetworkPlan } from './plan-networks.ts';
import type { SlotPlan } from './slot-plan.ts';

/** More than the controller reads, and less than the API server takes. */
const MOST_MESSAGE_CHARACTERS = 1_024;

const FAILURE_REASONS: Partial<Record<HostAction['type'], string>> = {
  'take-over': 'ManagedElsewhere',
  remember: 'NotRemembered',
  'set-mtu': 'MtuRefused',
  'set-tx-queue-length': 'LinkSettingRefused',
  'set-link-settings': 'LinkSettingRefused',
  'add-address': 'AddressRefused',
  'set-route': 'AddressRefused',
  'add-rule': 'AddressRefused',
  'load-module': 'ModuleMissing',
  bind: 'BindFailed',
  'restore-driver': 'RestoreFailed',
  'write-plugin-config': 'PluginConfigNotWritten',
  'restart-plugin': 'PluginNotRestarted',
  'write-network': 'FileNotWritten',
  'remove-network': 'FileNotRemoved',
};

/** Findings that a failure of the device plugin's own steps explains better. */
const PLUGIN_FINDINGS = ['Advertising', 'StillAdvertised', 'CorruptPluginConfig'];

const failureFinding = ({ action, message }: Failure): Finding =>
  finding(
    FAILURE_REASONS[action.type] ?? 'HostError',
    `Could not ${describeAction(action)}: ${message}.`,
  );

const firstFailure = (scope: string, actions: readonly HostAction[], backoff: Backoff) =>
  actions.flatMap((action) => backoff.lastFailure(scope, action) ?? [])[0];

/** It passes in a moment, and comes after every step that makes the kernel show a link anew, one that failed too. */
export const isWaitingForUdev = ({ finding: found }: SlotPlan): boolean =>
  found?.reason === 'WaitingForUdev';

const whyNot = (
  plan: SlotPlan,
  { plugin, withdrawals }: HostPlan,
  backoff: Backoff,
): Finding | undefined => {
  const own = firstFailure(scopeOf(plan), [...plan.actions, ...plan.preparations], backoff);
  if (own !== undefined) return failureFinding(own);
  if (isWaitingForUdev(plan)) {
    const before = backoff.holdingIn(scopeOf(plan));
    if (before !== undefined) return failureFinding(before);
  }
  if (plan.finding?.reason === 'StillOffered') {
    const shared = firstFailure(SHARED, withdrawals, backoff);
    if (shared !== undefined) return failureFinding(shared);
  }
  if (plan.finding !== undefined && PLUGIN_FINDINGS.includes(plan.finding.reason)) {
    const shared = firstFailure(SHARED, plugin, backoff);
    if (shared !== undefined) return failureFinding(shared);
  }
  const [next] = [...plan.preparations, ...plan.actions];
  return plan.finding ?? (next && finding('Pending', `Still to do: ${describeAction(next)}.`));
};

const notesOn = (plan: SlotPlan, backoff: Backoff): readonly Finding[] => {
  const { remember, notes } = plan;
  const failure = remember && backoff.lastFailure(scopeOf(plan), remember);
  return failure === undefined ? notes : [...notes, failureFinding(failure)];
};

/** More of a message is not read of a network. */
const MOST_NETWORK_CHARACTERS = 256;

/** What becomes of the network, from the plan that was made after the last change: its file is there when no write is left. */
const networkOf = (plan: SlotPlan, network: NetworkPlan, backoff: Backoff): PodNetworkReport => {
  const failure = firstFailure(scopeOf(plan), network.actions, backoff);
  const [next] = network.actions;
  const why =
    (failure && failureFinding(failure)) ??
    network.finding ??
    (next && finding('FileNotWritten', `Still to do: ${describeAction(next)}.`));
  const ready = finding('Ready', `${network.addresses} addresses for pods in ${network.path}.`);
  const { reason, message } = why ?? ready;
  return {
    state: why === undefined ? 'Ready' : 'NotReady',
    reason,
    message: clipped(message, MOST_NETWORK_CHARACTERS),
    addresses: network.addresses,
    addressesInUse: network.addressesInUse,
  };
};

const statusOfSlot = (plan: SlotPlan, host: HostPlan, backoff: Backoff): HostStatus => {
  const { desired, device, link } = plan.subject;
  const why = whyNot(plan, host, backoff);
  const findings = why === undefined ? notesOn(plan, backoff) : [why];
  const [first] = findings;
  return {
    eniId: desired.eniId,
    generation: desired.generation,
    ...(link && { interfaceName: link.name, mtu: link.mtuBytes }),
    ...(plan.inPod && { mtu: plan.inPod.mtuBytes }),
    ...(device && { pciAddress: device.address }),
    ...(device?.driver === undefined ? {} : { driver: device.driver }),
    ...(desired.isReleasing ? { released: why === undefined } : { configured: why === undefined }),
    ...(desired.understood.length > 0 &&
      !desired.isReleasing && {
        understood: { generation: desired.generation, parts: [...desired.understood] },
      }),
    ...(plan.inUseBy === undefined ? {} : { inUseBy: plan.inUseBy }),
    ...(plan.network && { podNetwork: networkOf(plan, plan.network, backoff) }),
    ...(first && {
      reason: first.reason,
      message: clipped(findings.map(({ message }) => message).join(' '), MOST_MESSAGE_CHARACTERS),
    }),
  };
};

/** What the host says of each interface, from the plan that was made after the last change. */
export const statusFor = (plan: HostPlan, backoff: Backoff): Readonly<Record<Slot, HostStatus>> =>
  Object.fromEntries(
    plan.slots.map((slot) => [slot.subject.desired.slot, statusOfSlot(slot, plan, backoff)]),
  );

/** True when an interface is as asked: configured, or released. */
export const isAsAsked = ({ configured, released }: HostStatus): boolean =>
  configured ?? released ?? false;

/** True when every interface is as asked. */
export const isConverged = (status: Readonly<Record<Slot, HostStatus>>): boolean =>
  Object.values(status).every(isAsAsked);

type Patch = Readonly<Record<string, unknown>>;

const fieldsPatch = (before: HostStatus | undefined, after: HostStatus): Patch => ({
  ...Object.fromEntries(Object.keys(before ?? {}).map((field) => [field, null])),
  ...after,
});

/**
 * The JSON merge patch (RFC 7386) of `status.host` that turns what the object says into what is so; undefined when it
 * says it already. Slots of others stay untouched: the controller drops those that are gone.
 */
export const hostPatch = (
  before: Readonly<Record<Slot, HostStatus>> | undefined,
  after: Readonly<Record<Slot, HostStatus>>,
): Patch | undefined => {
  const changed = Object.entries(after).filter(
    ([slot, status]) => !sameJson(before?.[slot], status),
  );
  return changed.length === 0
    ? undefined
    : Object.fromEntries(
        changed.map(([slot, status]) => [slot, fieldsPatch(before?.[slot], status)]),
      );
};
