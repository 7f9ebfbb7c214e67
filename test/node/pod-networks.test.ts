import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { PodNetworkRecord } from '#core/apis/v1alpha1/pod-network-state.ts';
import { eventually } from '#test/e2e/outcomes.ts';
import { createPodStage } from '#test/support/node/pod-stage.ts';
import { attachmentOf, rowOf, slotOf } from '#test/support/node/rows.ts';

const SLOT = slotOf(2);
const FILE = '00-nodeeni-data.conflist';
const NETWORK: PodNetworkRecord = {
  ...{ name: 'data', type: 'ipvlan', mode: 'l2', spare: 4, routes: [{ dst: '10.0.0.0/8' }] },
  subnets: [
    { cidr: '10.0.64.0/24', gateway: '10.0.64.1', ranges: ['10.0.64.32/30', '10.0.64.71/32'] },
    {
      cidr: '2600:1f14:abc:de00::/64',
      gateway: 'fe80:ec2::1',
      ranges: ['2600:1f14:abc:de00:1::/80'],
    },
  ],
};
const READY = { configured: true, podNetwork: { state: 'Ready', addresses: 5 } };

const settle = async (network: PodNetworkRecord = NETWORK) => {
  const stage = await createPodStage();
  await stage.ask({ [SLOT]: rowOf(2, { podNetwork: network }) });
  stage.startAgent();
  await stage.host.attach(attachmentOf(2, 'ens6'));
  const start = async (annotation?: string) => {
    const pod = await stage.runtime.start('data', annotation);
    onTestFinished(pod.stop);
    return pod;
  };
  return { ...stage, start };
};

describe('a pod on the network of a NodeENI', () => {
  it('gets an address of each family, by Multus and the file of its node', async () => {
    const { reported, start, file } = await settle();
    await eventually(async () => expect((await reported())[SLOT]).toMatchObject(READY));

    const pod = await start();

    expect(await pod.addresses()).toEqual(['10.0.64.32', '2600:1f14:abc:de00:1::']);
    expect(await pod.namespace.ip('route', 'show', '10.0.0.0/8')).toContain(
      'via 10.0.64.1 dev net1',
    );
    expect(await pod.namespace.ip('link', 'show', 'dev', 'net1')).toContain('mtu 9001');
    expect(file(FILE)).toContain('"neni02"');
  });

  it('gets none before the link is there', async () => {
    const stage = await createPodStage();
    await stage.ask({ [SLOT]: rowOf(2, { podNetwork: NETWORK }) });
    stage.startAgent();
    await eventually(async () =>
      expect((await stage.reported())[SLOT]).toMatchObject({
        podNetwork: { state: 'NotReady', reason: 'LinkNotReady' },
      }),
    );

    await expect(stage.runtime.start('data')).rejects.toThrow('No networks found');
    expect(stage.reserved('data')).toEqual([]);
  });

  it('gets the one that it asks for, if that is of the ENI, and otherwise none', async () => {
    const { reported, start } = await settle();
    await eventually(async () => expect((await reported())[SLOT]).toMatchObject(READY));
    const asking = (address: string) => JSON.stringify([{ name: 'data', ips: [address] }]);

    const pod = await start(asking('10.0.64.71'));

    expect(await pod.addresses()).toContain('10.0.64.71');
    await expect(start(asking('10.0.64.99'))).rejects.toThrow('10.0.64.99');
  });

  it('waits when all addresses are taken, and gives its own back with its end, also when the file is gone', async () => {
    const { ask, reported, runtime, reserved, files } = await settle();
    await eventually(async () => expect((await reported())[SLOT]).toMatchObject(READY));
    const pods = [];
    for (let number = 0; number < 5; number += 1) pods.push(await runtime.start('data'));
    const refused = await runtime.start('data').catch(String);
    await eventually(async () =>
      expect((await reported())[SLOT]?.podNetwork?.addressesInUse).toBeGreaterThan(1),
    );

    await ask({ [SLOT]: { generation: 2, podNetwork: null } as never });
    await eventually(async () => expect(files()).toEqual([]));
    for (const pod of pods) await pod.stop();

    expect(refused).toContain('no IP addresses available');
    expect(reserved('data')).toEqual([]);
  });

  it('holds the link until it ends, and no other gets it', async () => {
    const { ask, host, reported, runtime, files } = await settle();
    await eventually(async () => expect((await reported())[SLOT]).toMatchObject(READY));
    const pod = await runtime.start('data');
    const program = pod.namespace.start(['sleep', '600']);

    await ask({ [SLOT]: { phase: 'Releasing', generation: 2 } });
    await eventually(async () =>
      expect((await reported())[SLOT]).toMatchObject({
        ...{ released: false, generation: 2, podNetwork: { state: 'NotReady', reason: 'InUse' } },
        inUseBy: expect.stringContaining('sleep'),
      }),
    );
    const filesThen = files();
    const linkThen = await host.link('ens6');
    await expect(runtime.start('data')).rejects.toThrow();
    program.kill('SIGKILL');
    await pod.stop();

    await eventually(async () =>
      expect((await reported())[SLOT]).toMatchObject({ released: true, generation: 2 }),
    );
    expect(filesThen).toEqual([]);
    expect(linkThen).toMatchObject({ isUp: true });
    expect(await host.link('ens6')).toMatchObject({ isUp: false, altNames: [] });
  });

  it('may have the link itself, with the address of the ENI, one pod at a time', async () => {
    const own: PodNetworkRecord = {
      ...{ name: 'data', type: 'host-device' },
      subnets: [{ cidr: '10.0.64.0/24', gateway: '10.0.64.1', ranges: ['10.0.64.15/32'] }],
    };
    const { host, reported, runtime } = await settle(own);
    await eventually(async () =>
      expect((await reported())[SLOT]).toMatchObject({
        podNetwork: { state: 'Ready', addresses: 1 },
      }),
    );

    const pod = await runtime.start('data');
    const addresses = await pod.addresses();
    const meanwhile = await host.link('ens6');
    const second = await runtime.start('data').catch(String);
    await pod.stop();

    expect(addresses).toEqual(['10.0.64.15']);
    expect(meanwhile).toBeUndefined();
    expect(second).toContain('failed to find host device');
    await eventually(async () =>
      expect(await host.link('ens6')).toMatchObject({ mtu: 9001, isUp: true }),
    );
  });
});

describe('the file of a network', () => {
  it.each([
    ['points to other addresses', (text: string) => text.replaceAll('10.0.64', '10.0.65')],
    ['is half a file', (text: string) => text.slice(0, 50)],
  ])('is put right at once when it %s', async (_, spoil) => {
    const { reported, runtime, file, files } = await settle();
    await eventually(async () => expect((await reported())[SLOT]).toMatchObject(READY));
    const before = file(FILE);

    writeFileSync(join(runtime.folders.networks, FILE), spoil(before));

    await eventually(async () => expect(file(FILE)).toBe(before));
    expect(files()).toEqual([FILE]);
  });

  it('is there again after the agent was killed in the midst of its work', async () => {
    const { ask, reported, startAgent, files, file } = await settle();
    await eventually(async () => expect((await reported())[SLOT]).toMatchObject(READY));

    for (let round = 0; round < 8; round += 1) {
      const ranges = [`10.0.64.${16 * (round + 2)}/28`];
      const subnets = [{ cidr: '10.0.64.0/24', gateway: '10.0.64.1', ranges }];
      await ask({
        [SLOT]: rowOf(2, { generation: round + 2, podNetwork: { ...NETWORK, subnets } }),
      });
      const agent = startAgent();
      await new Promise((resolve) => setTimeout(resolve, 150 + 60 * round));
      agent.signal('SIGKILL');
      for (const name of files()) expect(() => JSON.parse(file(name))).not.toThrow();
    }
    startAgent();

    await eventually(async () =>
      expect((await reported())[SLOT]).toMatchObject({
        generation: 9,
        podNetwork: { addresses: 16 },
      }),
    );
    expect(file(FILE)).toContain('10.0.64.144');
  });
});

describe('a Multus that looks elsewhere', () => {
  it('is told, until its configuration names the folder', async () => {
    const { host, ask, reported, startAgent, runtime } = await createPodStage();
    const config = host.tree.path('etc/cni/net.d/00-multus.conf');
    const right = readFileSync(config, 'utf8');
    writeFileSync(config, right.replace(runtime.folders.networks, '/etc/cni/net.d'));
    await ask({ [SLOT]: rowOf(2, { podNetwork: NETWORK }) });
    const agent = startAgent();
    await host.attach(attachmentOf(2, 'ens6'));
    await eventually(async () =>
      expect((await reported())[SLOT]?.podNetwork).toMatchObject({
        ...{ state: 'NotReady', reason: 'MultusReadsElsewhere' },
        message: expect.stringContaining(`"confDir": "${runtime.folders.networks}"`),
      }),
    );

    writeFileSync(config, right);
    agent.signal('SIGKILL');
    startAgent();

    await eventually(async () => expect((await reported())[SLOT]).toMatchObject(READY));
    expect(readdirSync(runtime.folders.networks)).toEqual([FILE]);
  });
});
