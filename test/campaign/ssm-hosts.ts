import type { SimulatedWorld } from '#cli/simulation/world.ts';
import { bootIdOf, createCommandDocument, createCommandHost } from '#test/support/command-host.ts';

type CommandHost = ReturnType<typeof createCommandHost>;

/** Every instance is managed by Systems Manager: what it is told by a command it makes true at once, while it runs. */
export const createSsmHosts = (world: Pick<SimulatedWorld, 'ssm' | 'ec2'>, clusterName: string) => {
  const away = new Set<string>();
  const hosts = new Map<string, { boots: number; receivedBefore: number } & CommandHost>();
  createCommandDocument(world, clusterName);

  return {
    manage(instanceId: string): void {
      const takes = (): boolean =>
        world.ec2.fleet.instance(instanceId)?.state === 'running' && !away.has(instanceId);
      const host = createCommandHost(world, instanceId);
      host.endWith((end) => (takes() ? end : undefined));
      hosts.set(instanceId, { ...host, boots: 0, receivedBefore: 0 });
      this.boot(instanceId);
    },
    /** Whatever it was told is forgotten. */
    boot(instanceId: string): void {
      const host = hosts.get(instanceId);
      if (host === undefined) return;
      host.boots += 1;
      host.receivedBefore = host.received.length;
      host.boot(bootIdOf(host.boots));
    },
    bootIdOf: (instanceId: string): string => bootIdOf(hosts.get(instanceId)?.boots ?? 0),
    /** True when it was told something since its last boot. */
    isToldSinceBoot: (instanceId: string): boolean => {
      const host = hosts.get(instanceId);
      return host !== undefined && host.received.length > host.receivedBefore;
    },
    setAway(instanceId: string, isAway: boolean): void {
      if (isAway) away.add(instanceId);
      else away.delete(instanceId);
    },
    recover: (): void => away.clear(),
  };
};
