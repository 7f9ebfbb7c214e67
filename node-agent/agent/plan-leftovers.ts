import type { HostAction } from './actions.ts';
import type { DesiredInterface } from './desired.ts';
import type { ObservedHost } from './observed.ts';
import { planRulesOf } from './plan-addresses.ts';
import { planHandBack } from './plan-managers.ts';

/** What takes away the traces of interfaces that no row names any more. Their devices are not touched. */
export const planLeftovers = (
  desired: readonly DesiredInterface[],
  host: ObservedHost,
): HostAction[] => {
  const { memory, devices, links } = host;
  const files = planHandBack(host, (eniId) => desired.every((one) => one.eniId !== eniId));
  // A device that is there and shows no MAC may still be in use: it is not forgotten.
  const entries = Object.entries(memory.devices)
    .filter(([macAddress]) => desired.every((one) => one.macAddress !== macAddress))
    .filter(
      ([, pciAddress]) =>
        devices.every(({ address }) => address !== pciAddress) ||
        links.some((link) => link.pciAddress === pciAddress),
    )
    .flatMap(([macAddress]) => {
      const rules = planRulesOf(macAddress, host);
      // Without them nobody would know whose the rules are.
      return rules.length > 0 ? rules : [{ type: 'forget', macAddress } as const];
    });
  return [...files, ...entries];
};
