import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentProcess } from './agent-process.ts';
import type { PodNode } from './pod-cluster.ts';
import type { Pod } from './pods.ts';

/** What happened in a time of coming and going pods. */
export type Churn = {
  readonly starts: number;
  readonly refusals: number;
  readonly stops: number;
  readonly troubles: Readonly<Record<string, number>>;
  /** Everything that should not be, in words; the same once only. */
  readonly faults: readonly string[];
};

export type ChurnOptions = {
  readonly nodes: readonly PodNode[];
  readonly seconds: number;
  /** How many pods a node has at most. */
  readonly mostPods: number;
  /** In [0, 1). */
  readonly random: () => number;
};

const FILE = '00-nodeeni-data.conflist';

const spoil = (path: string, change: (text: string) => string): void => {
  try {
    writeFileSync(path, change(readFileSync(path, 'utf8')));
  } catch {
    // It was taken away a moment ago.
  }
};

/** Live pods of all nodes, and what is wrong with their addresses. */
const createRegister = () => {
  const holders = new Map<string, string>();
  const faults = new Set<string>();
  return {
    faults,
    came: (pod: Pod, addresses: readonly string[], ofNode: ReadonlySet<string>) => {
      if (addresses.length !== 1) faults.add(`${pod.name} has ${addresses.length} addresses`);
      for (const address of addresses) {
        if (!ofNode.has(address)) faults.add(`${address} of ${pod.name} is not on its ENI in EC2`);
        const other = holders.get(address);
        if (other !== undefined) faults.add(`${address} is that of ${other} and of ${pod.name}`);
        holders.set(address, pod.name);
      }
    },
    leaves: (pod: Pod) => {
      for (const [address, holder] of holders) if (holder === pod.name) holders.delete(address);
    },
  };
};

/**
 * Starts and ends pods at random, each node on its own, while agents are killed, files are spoilt or taken away, and the API server
 * is away for one node or the other. All pods are ended at the end.
 */
export const churn = async ({ nodes, seconds, mostPods, random }: ChurnOptions): Promise<Churn> => {
  const register = createRegister();
  const counts = { starts: 0, refusals: 0, stops: 0 };
  const troubles: Record<string, number> = {};
  const endsAt = performance.now() + seconds * 1000;
  const goesOn = (): boolean => performance.now() < endsAt;
  const below = (count: number): number => Math.floor(random() * count);

  const runPods = async (node: PodNode): Promise<void> => {
    const known = await node.addressesInEc2();
    const ofNode = new Set(known);
    if (ofNode.size !== known.length) register.faults.add('EC2 gave an address twice');
    const pods: Pod[] = [];
    const end = async (at: number): Promise<void> => {
      const [pod] = pods.splice(at, 1);
      if (pod === undefined) return;
      // From here on nobody relies on its address.
      register.leaves(pod);
      await pod.stop();
      counts.stops += 1;
    };
    const begin = async (): Promise<void> => {
      try {
        const pod = await node.runtime.start('data');
        pods.push(pod);
        counts.starts += 1;
        register.came(pod, await pod.addresses(), ofNode);
      } catch {
        // The kubelet would try again.
        counts.refusals += 1;
        await sleep(100);
      }
    };
    while (goesOn())
      await (pods.length > 0 && (pods.length >= mostPods || random() < 0.45)
        ? end(below(pods.length))
        : begin());
    while (pods.length > 0) await end(0);
  };

  const troubleOf = (node: PodNode, agent: { current: AgentProcess }) => {
    const path = join(node.runtime.folders.networks, FILE);
    return {
      'agent killed': async () => {
        agent.current.signal('SIGKILL');
        await sleep(below(2000));
        agent.current = node.startAgent();
      },
      'file cut off': async () => spoil(path, (text) => text.slice(0, text.length / 2)),
      'file changed': async () => spoil(path, (text) => text.replace('9001', '1400')),
      'file taken away': async () => rmSync(path, { force: true }),
      'API server away': async () => {
        await node.relay.cut();
        await sleep(1000 + below(3000));
        await node.relay.open();
      },
    };
  };

  const makeTrouble = async (node: PodNode): Promise<void> => {
    const agent = { current: node.startAgent() };
    const all = Object.entries(troubleOf(node, agent));
    while (goesOn()) {
      await sleep(500 + below(3000));
      const [name = '', happen] = all[below(all.length)] ?? [];
      troubles[name] = (troubles[name] ?? 0) + 1;
      await happen?.();
    }
  };

  await Promise.all(nodes.flatMap((node) => [runPods(node), makeTrouble(node)]));
  return { ...counts, troubles, faults: [...register.faults] };
};
