import type { SimulatedWorld } from '#cli/simulation/world.ts';
import { createCommandDocument, createCommandHost } from '#test/support/command-host.ts';

/** Every instance is managed by Systems Manager: what it is told by a command it makes true at once, while it runs. */
export const createSsmHosts = (world: Pick<SimulatedWorld, 'ssm' | 'ec2'>, clusterName: string) => {
  const away = new Set<string>();
  createCommandDocument(world, clusterName);

  return {
    manage(instanceId: string): void {
      const takes = (): boolean =>
        world.ec2.fleet.instance(instanceId)?.state === 'running' && !away.has(instanceId);
      createCommandHost(world, instanceId).endWith((end) => (takes() ? end : undefined));
    },
    setAway(instanceId: string, isAway: boolean): void {
      if (isAway) away.add(instanceId);
      else away.delete(instanceId);
    },
    recover: (): void => away.clear(),
  };
};
