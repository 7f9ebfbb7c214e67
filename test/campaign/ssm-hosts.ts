import type { SimulatedWorld } from '#cli/simulation/world.ts';
import { bootIdOf, createCommandDocument, createCommandHost } from '#test/support/command-host.ts';

/** Every instance is managed by Systems Manager: what it is told by a command it makes true at once, while it runs. */
export const createSsmHosts = (world: Pick<SimulatedWorld, 'ssm' | 'ec2'>, clusterName: string) => {
  const away = new Set<string>();
  const hosts = new Map<string, ReturnType<typeof createCommandHost>>();
  const boots = new Map<string, number>();
  createCommandDocument(world, clusterName);

  /** Whatever it was told is forgotten. */
  const boot = (instanceId: string): void => {
    const count = (boots.get(instanceId) ?? 0) + 1;
    boots.set(instanceId, count);
    hosts.get(instanceId)?.received.splice(0);
    hosts.get(instanceId)?.boot(bootIdOf(count));
  };

  return {
    manage(instanceId: string): void {
      const takes = (): boolean =>
        world.ec2.fleet.instance(instanceId)?.state === 'running' && !away.has(instanceId);
      const host = createCommandHost(world, instanceId);
      host.endWith((end) => (takes() ? end : undefined));
      hosts.set(instanceId, host);
      boot(instanceId);
    },
    boot,
    bootIdOf: (instanceId: string): string => bootIdOf(boots.get(instanceId) ?? 0),
    isToldSinceBoot: (instanceId: string): boolean =>
      (hosts.get(instanceId)?.received ?? []).length > 0,
    setAway(instanceId: string, isAway: boolean): void {
      if (isAway) away.add(instanceId);
      else away.delete(instanceId);
    },
    recover: (): void => away.clear(),
  };
};
