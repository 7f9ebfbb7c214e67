import { sameJson } from '#core/json.ts';
import type { HostAction } from './actions.ts';
import type { DesiredInterface } from './desired.ts';
import { isKernelDriven } from './drivers.ts';
import { finding } from './finding.ts';
import { identify, identityOf, type Subject } from './identity.ts';
import type { Given, ObservedHost } from './observed.ts';
import { addressesToRemember, planRulesOf } from './plan-addresses.ts';
import { planDpdk } from './plan-dpdk.ts';
import { planLeftovers } from './plan-leftovers.ts';
import { planLink } from './plan-link.ts';
import { planTakeOver } from './plan-managers.ts';
import { namesToRemember } from './plan-names.ts';
import { isOffered, planWithdrawals, withNetworks } from './plan-networks.ts';
import { planPlugin } from './plan-plugin.ts';
import { planRelease } from './plan-release.ts';
import { isSparedUplink, protectionOf } from './protection.ts';
import type { Settings } from './settings.ts';
import { type SlotPlan, slotPlan } from './slot-plan.ts';

/** Everything that is left to do on a host. */
export interface HostPlan {
  /** The device plugin's configuration; each step needs the one before. */
  readonly plugin: readonly HostAction[];
  /** Networks that are offered to pods no more; each on its own, before anything else. */
  readonly withdrawals: readonly HostAction[];
  readonly slots: readonly SlotPlan[];
  /** Traces of interfaces that no row names any more. */
  readonly leftovers: readonly HostAction[];
  /** Resource → how many devices the node should offer. */
  readonly offered: Readonly<Record<string, number>>;
}

const planPresent = (subject: Subject, host: ObservedHost, settings: Settings): SlotPlan => {
  const { desired, device } = subject;
  if (device === undefined)
    return slotPlan(subject, {
      finding: finding('DeviceNotSeen', `No device with ${desired.macAddress} is on this host.`),
    });
  const present = { ...subject, device };
  const { expectedPciAddress: expected, dpdkDriver } = desired;
  if (expected !== undefined && expected !== device.address)
    return {
      ...planLink(present, host),
      finding: finding(
        'PCIAddressMismatch',
        `${desired.eniId} is at ${device.address}, not at ${expected}; it is neither bound nor advertised.`,
      ),
    };
  return dpdkDriver === undefined
    ? planLink(present, host)
    : planDpdk(present, dpdkDriver, host, settings);
};

const planSlot = (
  subject: Subject,
  host: ObservedHost,
  {
    settings,
    linksOfRows,
  }: { readonly settings: Settings; readonly linksOfRows: readonly string[] },
): SlotPlan => {
  const { link, problem } = subject;
  if (problem !== undefined) return slotPlan(subject, { finding: problem });
  const protection = protectionOf(subject, host, settings);
  if (protection !== undefined)
    return slotPlan(subject, {
      finding: protection,
      isProtected: true,
      preparations:
        protection.reason === 'DefaultRoute' &&
        link !== undefined &&
        isSparedUplink(subject, host, linksOfRows)
          ? planTakeOver(subject, link, host).takeOver
          : [],
    });
  if (!subject.desired.isReleasing) return planPresent(subject, host, settings);
  return isOffered(subject, host)
    ? slotPlan(subject, {
        finding: finding('StillOffered', 'Multus may still give the interface to pods.'),
      })
    : planRelease(subject, host);
};

/** What newer functions ask for beyond what this agent knows; all else is done, and the interface is not as asked. */
const withUnknown = (plan: SlotPlan): SlotPlan => {
  const { unknown, isReleasing } = plan.subject.desired;
  if (plan.finding !== undefined || isReleasing || unknown.length === 0) return plan;
  return {
    ...plan,
    finding: finding(
      'AgentTooOld',
      `This agent does not know ${unknown.join(', ')}, and does all but that: update it.`,
    ),
  };
};

/** The rules of a link that is not there, for its addresses went with it. */
const withoutRules = (plan: SlotPlan, host: ObservedHost): SlotPlan =>
  plan.subject.link === undefined
    ? {
        ...plan,
        preparations: [...plan.preparations, ...planRulesOf(plan.subject.desired.macAddress, host)],
      }
    : plan;

/** What of the link is to be taken away later; undefined for nothing, and for a device that must not be touched. */
const givenTo = (subject: Subject, host: ObservedHost): Given | undefined => {
  const names = namesToRemember(subject, host);
  const addresses = addressesToRemember(subject, host);
  return names.length + addresses.length === 0 ? undefined : { names, addresses };
};

/**
 * A bound device, and one in a pod, shows no MAC. For DPDK it is remembered before anything changes, or nothing changes; a
 * link of the kernel is served all the same.
 */
const remembering = (plan: SlotPlan, host: ObservedHost): SlotPlan => {
  const { memory } = host;
  const { desired, device } = plan.subject;
  const { macAddress } = desired;
  if (device === undefined) return plan;
  const given = givenTo(plan.subject, host);
  const bound = memory.bound?.[macAddress];
  // Until the kernel has the device back it is ours to give back.
  const boundTo = desired.dpdkDriver ?? (isKernelDriven(device.driver) ? undefined : bound);
  const isKnown =
    memory.devices[macAddress] === device.address &&
    memory.births?.[macAddress] === device.birth &&
    sameJson(memory.given?.[macAddress], given) &&
    bound === boundTo;
  if (isKnown) return plan;
  const remember: HostAction = {
    ...{ type: 'remember', macAddress, device: identityOf(device) },
    ...(given && { given }),
    ...(boundTo !== undefined && { boundTo }),
  };
  return desired.dpdkDriver === undefined
    ? { ...plan, remember }
    : { ...plan, actions: [remember, ...plan.actions] };
};

/**
 * Computes what turns the observed host into the desired one. An empty plan without findings means that it is so: the
 * status is read off the plan of a fresh observation, never off what was meant to be done.
 */
export const planHost = (
  desired: readonly DesiredInterface[],
  host: ObservedHost,
  settings: Settings,
): HostPlan => {
  const subjects = identify(desired, host);
  const linksOfRows = subjects.flatMap(({ link }) => link?.name ?? []);
  const slots = subjects.map((subject) =>
    remembering(
      withoutRules(withUnknown(planSlot(subject, host, { settings, linksOfRows })), host),
      host,
    ),
  );
  const plugin = planPlugin(slots, host, settings);
  return {
    plugin: plugin.actions,
    withdrawals: planWithdrawals(plugin.slots, host),
    slots: withNetworks(plugin.slots, host),
    leftovers: planLeftovers(desired, host),
    offered: plugin.offered,
  };
};
