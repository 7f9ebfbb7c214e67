import type { DesiredInterface } from './desired.ts';
import { devicesToAskAbout } from './holders.ts';
import type { Host } from './host.ts';
import { identify } from './identity.ts';
import type { ObservedHost } from './observed.ts';

const allocatableOf = async ({ cluster }: Host, desired: readonly DesiredInterface[]) => {
  const isAsked = desired.some(({ resourceName }) => resourceName !== undefined);
  return isAsked ? await cluster?.allocatable() : undefined;
};

/** Reads everything a plan is computed from. Changes nothing. Rejects when links or devices cannot be read. */
export const observeHost = async (
  host: Host,
  desired: readonly DesiredInterface[],
): Promise<ObservedHost> => {
  // Before the links: a device that has come meanwhile is not the one its link is taken to be on, and no step reaches it.
  const devices = await host.pci.list();
  const [table, uplinks, drivers, noIommu, isWriteCombining] = await Promise.all([
    host.links.list(),
    host.routes.uplinks(),
    host.modules.drivers(),
    host.modules.noIommu(),
    host.modules.isWriteCombining(),
  ]);
  const [network, memory, pluginConfig, allocatable] = await Promise.all([
    host.networkFiles.observe(),
    host.memory.read(),
    host.pluginConfig.read(),
    allocatableOf(host, desired),
  ]);
  const observed: ObservedHost = {
    ...table,
    devices,
    uplinks,
    holders: {},
    noIommu,
    drivers,
    isWriteCombining,
    memory,
    pluginConfig,
    canRestartPlugin: host.cluster !== undefined,
    ...(network && { network }),
    ...(allocatable && { allocatable }),
  };
  const asked = devicesToAskAbout(identify(desired, observed));
  return asked.length === 0
    ? observed
    : { ...observed, holders: await host.processes.holdersOf(asked) };
};
