import { describe, expect, it } from 'vitest';
import { createProcesses } from '#node-agent/host/processes.ts';
import { createScratchTree } from '../scratch-tree.ts';

const DEVICE = {
  address: '0000:00:06.0',
  macAddress: '02:00:00:00:00:06',
  nodes: ['vfio/8', 'vfio/noiommu-8', 'uio0'],
  ifindex: 7,
};

const setUp = () => {
  const tree = createScratchTree();
  tree.link('proc/self/ns/net', 'net:[1]');
  const processes = createProcesses(tree.roots);
  /** A process in a network namespace, with links that sysfs shows in it. */
  const start = (pid: number, namespace: number, links: Readonly<Record<string, object>> = {}) => {
    tree.file(`proc/${pid}/comm`, `program-${pid}\n`);
    tree.link(`proc/${pid}/ns/net`, `net:[${namespace}]`);
    for (const [name, files] of Object.entries(links))
      for (const [file, text] of Object.entries(files))
        tree.file(`proc/${pid}/root/sys/class/net/${name}/${file}`, `${text}\n`);
  };
  return { tree, processes, start };
};

describe('createProcesses', () => {
  it.each(['/dev/vfio/8', '/dev/vfio/noiommu-8', '/dev/uio0', '/vfio/8'])(
    'finds the program that has %s open',
    async (target) => {
      const { tree, processes, start } = setUp();
      start(41, 1);
      start(42, 1);
      tree.link('proc/42/fd/3', target);

      await expect(processes.holdersOf([DEVICE])).resolves.toMatchObject({
        holders: { '0000:00:06.0': { who: 'program-42 (process 42)' } },
      });
    },
  );

  it('finds nobody when nobody uses the device', async () => {
    const { tree, processes, start } = setUp();
    start(42, 1);
    tree.link('proc/42/fd/3', '/dev/vfio/vfio');
    tree.link('proc/42/fd/4', 'socket:[8]');
    start(43, 2, { eth0: { address: '06:00:00:00:00:01', ifindex: 3, iflink: 99 } });

    await expect(processes.holdersOf([DEVICE])).resolves.toEqual({ holders: {}, addresses: {} });
  });

  it('does not take the host’s own namespace for a pod’s', async () => {
    const { processes, start } = setUp();
    start(42, 1, { mac0: { address: DEVICE.macAddress, ifindex: 9, iflink: 7 } });

    await expect(processes.holdersOf([DEVICE])).resolves.toEqual({ holders: {}, addresses: {} });
  });

  it('finds a child of the link in a pod', async () => {
    const { processes, start } = setUp();
    start(42, 2, { net1: { address: '02:aa:00:00:00:01', ifindex: 9, iflink: 7 } });

    await expect(processes.holdersOf([DEVICE])).resolves.toEqual({
      holders: { '0000:00:06.0': { who: 'program-42 (process 42)' } },
      addresses: {},
    });
  });

  it('goes on when the first process of a namespace has no sysfs', async () => {
    const { processes, start } = setUp();
    start(42, 2);
    start(43, 2, { net1: { address: '02:aa:00:00:00:01', ifindex: 9, iflink: 7 } });

    await expect(processes.holdersOf([DEVICE])).resolves.toEqual({
      holders: { '0000:00:06.0': { who: 'program-43 (process 43)' } },
      addresses: {},
    });
  });

  it('passes over processes of this machine that it may not read', async () => {
    const { roots } = createScratchTree();
    const processes = createProcesses({ ...roots, proc: '/proc' });

    await expect(processes.holdersOf([DEVICE])).resolves.toEqual({ holders: {}, addresses: {} });
  });
});
