import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createBackoff } from '#node-agent/agent/backoff.ts';
import { createHostController } from '#node-agent/agent/controller.ts';
import { hostState, SLOT, slotSpec } from '../builders.ts';
import { hostFixture } from '../fixture.ts';
import { createScratchHost, SETTINGS } from '../scratch-host.ts';

const RESOURCE = 'intel.com/data';
const NICS = ['6', '7', '8'].map((slot) => ({
  pciAddress: `0000:00:0${slot}.0`,
  macAddress: `02:00:00:00:00:0${slot}`,
  name: `ens${slot}`,
}));

const setUp = (options: Parameters<typeof createScratchHost>[0] = {}) => {
  const scratch = createScratchHost(options);
  scratch.kernel.setNoIommu('Y');
  for (const nic of NICS) scratch.kernel.plug(nic);
  scratch.cluster.afterRestart = { [RESOURCE]: 1 };
  const read = () => JSON.parse(readFileSync(scratch.pluginConfigPath, 'utf8'));
  const writeConfig = (text: string) => scratch.tree.file('etc/pcidp/config.json', text);
  return { ...scratch, agent: scratch.startAgent(), read, writeConfig };
};

/** The row of the interface at 0000:00:0<slot>.0. */
const row = (slot: '6' | '7' | '8', changes: Parameters<typeof slotSpec>[0] = {}) =>
  slotSpec({
    eniId: `eni-0${slot}`,
    macAddress: `02:00:00:00:00:0${slot}`,
    deviceIndex: Number(slot) - 4,
    ...changes,
  });

const dpdk = (driver = 'vfio-pci', resourceName = 'data') => ({ dpdk: { driver, resourceName } });

const wanted = hostState({ [SLOT]: row('6', dpdk()) });

describe('the configuration of the device plugin', () => {
  it('offers a device once it is bound, and the plugin is restarted once', async () => {
    const { agent, cluster, read } = setUp();

    const { status } = await agent.reconcile(wanted);

    expect(read()).toEqual({
      resourceList: [
        {
          resourceName: 'data',
          resourcePrefix: 'intel.com',
          managedBy: 'nodeeni.networking.k8s.aws',
          selectors: { drivers: ['vfio-pci'], pciAddresses: ['0000:00:06.0'] },
        },
      ],
    });
    expect(cluster.restarts).toBe(1);
    expect(status[SLOT]).toMatchObject({ configured: true });
  });

  it('is awaited by asking the node, which is not asked again once it offers everything', async () => {
    const { agent, cluster } = setUp();
    await agent.reconcile(wanted);
    const atFirst = cluster.asked;
    await agent.reconcile(wanted);
    await agent.reconcile(wanted);
    const meanwhile = cluster.asked;

    await agent.reconcile(
      hostState({ [SLOT]: row('6', dpdk()), more: row('7', dpdk('vfio-pci', 'more')) }),
    );

    expect(atFirst).toBeGreaterThan(0);
    expect(meanwhile).toBe(atFirst);
    expect(cluster.asked).toBeGreaterThan(meanwhile);
  });

  it('is not written, and the plugin not restarted, when nothing changed', async () => {
    const { agent, cluster, startAgent } = setUp();
    await agent.reconcile(wanted);

    const { results } = await startAgent().reconcile(wanted);

    expect({ results, restarts: cluster.restarts }).toEqual({ results: [], restarts: 1 });
  });

  it('is right, and the plugin restarted, after a reboot: it found no device when it started', async () => {
    const { agent, cluster, kernel, tree, startAgent } = setUp();
    await agent.reconcile(wanted);
    for (const { pciAddress } of NICS) kernel.unplug(pciAddress);
    for (const nic of NICS) kernel.plug(nic);
    tree.remove('run/nodeeni');

    const { results } = await startAgent().reconcile(wanted);

    const steps = results.map(({ action }) => action.type);
    expect(steps.indexOf('bind')).toBeLessThan(steps.indexOf('restart-plugin'));
    expect(steps).not.toContain('write-plugin-config');
    expect(cluster.restarts).toBe(2);
  });

  it('does not offer a device that could not be bound', async () => {
    const { agent, cluster, kernel, pluginConfigPath } = setUp();
    kernel.refusingDrivers.add('vfio-pci');

    const { status } = await agent.reconcile(wanted);

    expect(existsSync(pluginConfigPath)).toBe(false);
    expect(cluster.restarts).toBe(0);
    expect(status[SLOT]).toMatchObject({ configured: false, reason: 'BindFailed' });
  });

  it('offers a link of the kernel whose PCI address the user names, under the name the Go controller gave', async () => {
    const { agent, cluster, read } = setUp();
    cluster.afterRestart = { 'intel.com/sriov_net': 1 };

    await agent.reconcile(hostState({ [SLOT]: row('6', { pciAddress: '0000:00:06.0' }) }));

    expect(read().resourceList).toEqual([
      expect.objectContaining({
        resourceName: 'sriov_net',
        selectors: { drivers: ['ena'], pciAddresses: ['0000:00:06.0'] },
      }),
    ]);
  });

  it('offers a link of the kernel wherever it is, under the name that the user gives it', async () => {
    const { agent, read, kernel } = setUp();

    const { status } = await agent.reconcile(
      hostState({ [SLOT]: row('6', { resourceName: 'data' }) }),
    );

    expect(read().resourceList).toEqual([
      expect.objectContaining({
        resourceName: 'data',
        selectors: { drivers: ['ena'], pciAddresses: ['0000:00:06.0'] },
      }),
    ]);
    expect(kernel.driverOf('0000:00:06.0')).toBe('ena');
    expect(status[SLOT]).toMatchObject({ configured: true });
  });

  it('has nothing of a link without DPDK, without a name and without a PCI address', async () => {
    const { agent, pluginConfigPath } = setUp();

    await agent.reconcile(hostState({ [SLOT]: row('6') }));

    expect(existsSync(pluginConfigPath)).toBe(false);
  });

  it('has nothing of a device at another address than the user expects', async () => {
    const { agent, pluginConfigPath } = setUp();

    const { status } = await agent.reconcile(
      hostState({ [SLOT]: row('6', { pciAddress: '0000:00:07.0' }) }),
    );

    expect(existsSync(pluginConfigPath)).toBe(false);
    expect(status[SLOT]).toMatchObject({ reason: 'PCIAddressMismatch' });
  });

  it('has nothing of a device that must not be touched', async () => {
    const { agent, pluginConfigPath } = setUp({ settings: { pciIds: ['8086:10d3'] } });

    await agent.reconcile(hostState({ [SLOT]: row('6', { pciAddress: '0000:00:06.0' }) }));

    expect(existsSync(pluginConfigPath)).toBe(false);
  });

  it('has one resource for two NodeENIs with one name, in one write and one restart', async () => {
    const { agent, cluster, read } = setUp();
    cluster.afterRestart = { [RESOURCE]: 3 };

    const { isConverged } = await agent.reconcile(
      hostState({
        'data/subnet-1': row('6', dpdk()),
        'more/subnet-1': row('7', dpdk('igb_uio', 'intel.com/data')),
        'more/subnet-2': row('8', dpdk()),
      }),
    );

    expect(read().resourceList).toEqual([
      expect.objectContaining({
        resourceName: 'data',
        selectors: [
          { drivers: ['igb_uio'], pciAddresses: ['0000:00:07.0'] },
          { drivers: ['vfio-pci'], pciAddresses: ['0000:00:06.0', '0000:00:08.0'] },
        ],
      }),
    ]);
    expect(cluster.restarts).toBe(1);
    expect(isConverged).toBe(true);
  });

  it('moves a device to its new resource when the name changes', async () => {
    const { agent, cluster, read } = setUp();
    await agent.reconcile(wanted);
    cluster.afterRestart = { 'intel.com/other': 1 };

    await agent.reconcile(
      hostState({ [SLOT]: row('6', { ...dpdk('vfio-pci', 'other'), generation: 2 }) }),
    );

    expect(read().resourceList).toHaveLength(1);
    expect(read().resourceList[0]).toMatchObject({ resourceName: 'other' });
    expect(cluster.restarts).toBe(2);
  });

  it('follows a device that is bound to another driver', async () => {
    const { agent, cluster, read } = setUp();
    await agent.reconcile(wanted);

    await agent.reconcile(hostState({ [SLOT]: row('6', { ...dpdk('igb_uio'), generation: 2 }) }));

    expect(read().resourceList[0].selectors.drivers).toEqual(['igb_uio']);
    expect(cluster.restarts).toBe(2);
  });

  it('loses the device before it is given back, and keeps an entry so that the plugin goes on', async () => {
    const { agent, cluster, read } = setUp();
    await agent.reconcile(wanted);

    const { results, status } = await agent.reconcile(
      hostState({ [SLOT]: row('6', { ...dpdk(), phase: 'Releasing', generation: 2 }) }),
    );

    expect(results.map(({ action }) => action.type)).toEqual([
      'write-plugin-config',
      'restart-plugin',
      'restore-driver',
    ]);
    expect(read().resourceList).toHaveLength(1);
    expect(read().resourceList[0].selectors.pciAddresses).toEqual(['ffff:ff:1f.7']);
    expect(cluster.restarts).toBe(2);
    expect(status[SLOT]).toMatchObject({ released: true });
  });

  it('loses a device whose NodeENI went while the agent was away', async () => {
    const { agent, kernel, read, startAgent } = setUp();
    await agent.reconcile(hostState({ a: row('6', dpdk()), b: row('7', dpdk('vfio-pci', 'b')) }));
    kernel.unplug('0000:00:06.0');

    await startAgent().reconcile(hostState({ b: row('7', dpdk('vfio-pci', 'b')) }));

    expect(
      read().resourceList.map((entry: { resourceName: string }) => entry.resourceName),
    ).toEqual(['b']);
  });

  it('is left alone when the agent does not speak for the device plugin', async () => {
    const { agent, cluster, pluginConfigPath } = setUp({ settings: { advertises: false } });

    const { status } = await agent.reconcile(wanted);

    expect(existsSync(pluginConfigPath)).toBe(false);
    expect(cluster.restarts).toBe(0);
    expect(status[SLOT]).toMatchObject({ configured: true });
  });

  it('refuses a name that the kubelet would refuse', async () => {
    const { agent, pluginConfigPath } = setUp();

    const { status } = await agent.reconcile(
      hostState({ [SLOT]: row('6', dpdk('vfio-pci', 'kubernetes.io/data')) }),
    );

    expect(existsSync(pluginConfigPath)).toBe(false);
    expect(status[SLOT]).toMatchObject({ configured: false, reason: 'InvalidResourceName' });
  });
});

describe('the entries of other people', () => {
  it('stay as they are, byte for byte', async () => {
    const { agent, pluginConfigPath, writeConfig } = setUp();
    const theirs = hostFixture('pcidp/aws-guide.json.txt');
    writeConfig(theirs);

    await agent.reconcile(wanted);

    const ours = /\n {4}\{"resourceName":"data".*\},/;
    const text = readFileSync(pluginConfigPath, 'utf8');
    expect(text).toMatch(ours);
    expect(text.replace(ours, '')).toBe(theirs);
  });

  it('keep their name: ours is not added beside it', async () => {
    const { agent, pluginConfigPath, writeConfig } = setUp();
    const theirs = '{"resourceList":[{"resourceName":"data","selectors":{"vendors":["15b3"]}}]}';
    writeConfig(theirs);

    const { status } = await agent.reconcile(wanted);

    expect(readFileSync(pluginConfigPath, 'utf8')).toBe(theirs);
    expect(status[SLOT]).toMatchObject({ configured: false, reason: 'ResourceNameTaken' });
  });

  it.each([
    {
      how: 'keys in another case, as Go reads them',
      entry: { ResourceName: 'data', ResourcePrefix: 'amazon.com' },
    },
    {
      how: 'a key that comes twice in other cases: the last one counts',
      entry: { resourceName: 'other', ResourceName: 'data', resourcePrefix: 'amazon.com' },
    },
    {
      how: 'no prefix, which may be any that the plugin was started with',
      entry: { resourceName: 'data' },
    },
  ])('keep their name however it is written: $how', async ({ entry }) => {
    const { agent, pluginConfigPath, writeConfig } = setUp();
    const theirs = JSON.stringify({ resourceList: [{ ...entry, selectors: {} }] });
    writeConfig(theirs);

    const { status } = await agent.reconcile(
      hostState({ [SLOT]: row('6', dpdk('vfio-pci', 'amazon.com/data')) }),
    );

    expect(readFileSync(pluginConfigPath, 'utf8')).toBe(theirs);
    expect(status[SLOT]).toMatchObject({ configured: false, reason: 'ResourceNameTaken' });
  });

  it('count as ours when they offer the device under the name that is asked for', async () => {
    const { agent, cluster, pluginConfigPath, writeConfig } = setUp();
    const theirs = hostFixture('pcidp/go-controller.json.txt');
    writeConfig(theirs);

    const { status } = await agent.reconcile(
      hostState({
        [SLOT]: row('6', { pciAddress: '0000:00:06.0', resourceName: 'intel.com/sriov_kernel_1' }),
      }),
    );

    expect(readFileSync(pluginConfigPath, 'utf8')).toBe(theirs);
    expect(cluster.restarts).toBe(0);
    expect(status[SLOT]).toMatchObject({ configured: true, reason: 'AdvertisedByUser' });
  });

  it('keep their device: it is not offered a second time under our name', async () => {
    const { agent, pluginConfigPath, writeConfig } = setUp();
    const theirs = hostFixture('pcidp/go-controller.json.txt');
    writeConfig(theirs);

    const { status } = await agent.reconcile(wanted);

    expect(readFileSync(pluginConfigPath, 'utf8')).toBe(theirs);
    expect(status[SLOT]).toMatchObject({ configured: false, reason: 'AdvertisedElsewhere' });
  });

  it('that are edited by hand meanwhile are kept, and ours stay', async () => {
    const { agent, read, writeConfig } = setUp();
    await agent.reconcile(wanted);
    const edited = { ...read(), extra: 1 };
    edited.resourceList.push({ resourceName: 'theirs', selectors: { vendors: ['15b3'] } });
    writeConfig(JSON.stringify(edited));

    await agent.reconcile(wanted);

    expect(read()).toEqual(edited);
  });
});

describe('a configuration that cannot be read', () => {
  const broken = hostFixture('pcidp/broken.json.txt');

  it('is kept, copied once, and reported', async () => {
    const { agent, cluster, pluginConfigPath, writeConfig } = setUp();
    writeConfig(broken);
    await agent.reconcile(wanted);

    const { status } = await agent.reconcile(wanted);

    const files = readdirSync(dirname(pluginConfigPath));
    const copies = files.filter((name) => name.startsWith('config.json.broken-'));
    expect(files).toHaveLength(2);
    expect(copies).toHaveLength(1);
    expect(readFileSync(`${dirname(pluginConfigPath)}/${copies[0]}`, 'utf8')).toBe(broken);
    expect(readFileSync(pluginConfigPath, 'utf8')).toBe(broken);
    expect(cluster.restarts).toBe(0);
    expect(status[SLOT]).toMatchObject({ configured: false, reason: 'CorruptPluginConfig' });
  });

  it('is replaced after it was copied when the agent may do so', async () => {
    const { agent, read, writeConfig } = setUp({ settings: { replacesCorruptConfig: true } });
    writeConfig(broken);

    const { status } = await agent.reconcile(wanted);

    expect(read().resourceList).toHaveLength(1);
    expect(status[SLOT]).toMatchObject({ configured: true });
  });

  it('is nobody’s business while nothing is to be advertised', async () => {
    const { agent, pluginConfigPath, writeConfig } = setUp();
    writeConfig(broken);

    const { isConverged } = await agent.reconcile(hostState({ [SLOT]: row('6') }));

    expect(isConverged).toBe(true);
    expect(readdirSync(dirname(pluginConfigPath))).toEqual(['config.json']);
  });
});

describe('an advertised interface', () => {
  it('is not configured before the node offers its resource', async () => {
    const { agent, cluster } = setUp();
    cluster.afterRestart = {};

    const { status, requeueAfterSeconds } = await agent.reconcile(wanted);
    cluster.resources = { [RESOURCE]: 1 };
    const { status: later } = await agent.reconcile(wanted);

    expect(status[SLOT]).toMatchObject({ configured: false, reason: 'WaitingForDevicePlugin' });
    expect(requeueAfterSeconds).toBeLessThanOrEqual(5);
    expect(later[SLOT]).toMatchObject({ configured: true });
  });

  it.each([
    ['released', hostState({ [SLOT]: row('6', { phase: 'Releasing' }) })],
    ['configured', hostState({ [SLOT]: row('6') })],
  ] as const)('is not %s while the plugin has not started without it', async (field, state) => {
    const { agent, cluster, clock } = setUp();
    await agent.reconcile(wanted);
    const restart = cluster.restartPlugin.bind(cluster);
    cluster.restartPlugin = () => Promise.reject(new Error('the API server does not answer'));
    const held = await agent.reconcile(state);

    cluster.restartPlugin = restart;
    cluster.afterRestart = {};
    clock.seconds += 600;
    const done = await agent.reconcile(state);

    expect(held.status[SLOT]).toMatchObject({ [field]: false, reason: 'PluginNotRestarted' });
    expect(done.status[SLOT]).toMatchObject({ [field]: true });
  });

  it('is not released while it is in a configuration that cannot be written, though no plugin has started with it', async () => {
    const { agent, cluster, clock, pluginConfigPath } = setUp();
    const restart = cluster.restartPlugin.bind(cluster);
    cluster.restartPlugin = () => Promise.reject(new Error('the API server does not answer'));
    await agent.reconcile(wanted);
    cluster.restartPlugin = restart;
    const draft = `${pluginConfigPath}.nodeeni-${process.pid}`;
    mkdirSync(draft);
    const releasing = hostState({ [SLOT]: row('6', { ...dpdk(), phase: 'Releasing' }) });

    const held = await agent.reconcile(releasing);
    rmdirSync(draft);
    clock.seconds += 600;
    const done = await agent.reconcile(releasing);

    expect(held.status[SLOT]).toMatchObject({ released: false });
    expect(done.status[SLOT]).toMatchObject({ released: true });
  });

  it('is released once it is out of the configuration where nobody can restart the plugin', async () => {
    const { agent, host } = setUp();
    await agent.reconcile(wanted);
    const { cluster: _, ...alone } = host;
    const backoff = createBackoff(() => 0);

    const { status } = await createHostController({
      host: alone,
      settings: SETTINGS,
      backoff,
    }).reconcile(hostState({ [SLOT]: row('6', { ...dpdk(), phase: 'Releasing' }) }));

    expect(status[SLOT]).toMatchObject({ released: true });
  });

  it('is not configured while its plugin could not be restarted', async () => {
    const { agent, cluster } = setUp();
    cluster.restartPlugin = () => Promise.reject(new Error('the API server does not answer'));

    const { status } = await agent.reconcile(wanted);

    expect(status[SLOT]).toMatchObject({ configured: false, reason: 'PluginNotRestarted' });
    expect(status[SLOT]?.message).toContain('does not answer');
  });

  it('is configured without a cluster to ask, and the report says what is left to do', async () => {
    const { agent, read } = setUp({ hasCluster: false });

    const { status } = await agent.reconcile(wanted);

    expect(read().resourceList).toHaveLength(1);
    expect(status[SLOT]).toMatchObject({ configured: true });
    expect(status[SLOT]?.message).toContain('restart it on this node');
  });
});
