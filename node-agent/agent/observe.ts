import type { DesiredInterface } from './desired.ts';
import { messageOf } from './errors.ts';
import { devicesToAskAbout } from './holders.ts';
import type { Host } from './host.ts';
import { identify } from './identity.ts';
import type { LinkManagement, Memory, ObservedHost, PluginConfig } from './observed.ts';

const NO_MEMORY: Memory = { devices: {} };

const unreadable = (error: unknown): PluginConfig => ({
  isBackedUp: true,
  problem: messageOf(error),
});

/** A service whose state cannot be read counts as one that does not run: what it does to a link shows on the link. */
const managersOf = async ({ managers }: Host): Promise<readonly LinkManagement[]> => {
  const observed = await Promise.all(
    managers.map(async (manager) => {
      const management = await manager.observe().catch(() => undefined);
      return management && { name: manager.name, ...management };
    }),
  );
  return observed.filter((one) => one !== undefined);
};

/**
 * Reads everything a plan is computed from. Changes nothing. Rejects when links, routes, devices or the users of devices
 * cannot be read; what concerns only some interfaces is observed as broken, and keeps no others from being served.
 */
export const observeHost = async (
  host: Host,
  desired: readonly DesiredInterface[],
): Promise<ObservedHost> => {
  // Before the links: a device that has come meanwhile is not the one its link is taken to be on, and no step reaches it.
  const devices = await host.pci.list();
  const [table, uplinks, drivers, noIommu, isWriteCombining, defaultLinks] = await Promise.all([
    host.links.list(),
    host.routes.uplinks(),
    host.modules.drivers(),
    host.modules.noIommu(),
    host.modules.writeCombining(),
    host.routes.defaultLinks(),
  ]);
  const [managers, memory, pluginConfig] = await Promise.all([
    managersOf(host),
    host.memory.read().catch(() => NO_MEMORY),
    host.pluginConfig.read().catch(unreadable),
  ]);
  const writeCombining = isWriteCombining ?? memory.isWriteCombining;
  const observed: ObservedHost = {
    ...table,
    devices,
    uplinks,
    defaultLinks,
    holders: {},
    addressesInPods: {},
    managers,
    noIommu,
    drivers,
    memory,
    pluginConfig,
    canRestartPlugin: host.cluster !== undefined,
    ...(writeCombining !== undefined && { isWriteCombining: writeCombining }),
  };
  const asked = devicesToAskAbout(identify(desired, observed));
  if (asked.length === 0) return observed;
  const { holders, addresses } = await host.processes.holdersOf(asked);
  return { ...observed, holders, addressesInPods: addresses };
};
