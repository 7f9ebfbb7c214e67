import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostState, slotSpec } from '../builders.ts';
import type { Nic } from '../fake-kernel.ts';
import { createScratchHost } from '../scratch-host.ts';

const UPLINK = { pciAddress: '0000:00:05.0', macAddress: '02:00:00:00:00:05', name: 'ens5' };
const STRANGER = { pciAddress: '0000:00:0f.0', macAddress: '02:00:00:00:00:0f', name: 'ens15' };
const NICS = [6, 7, 8].map((slot) => ({
  pciAddress: `0000:00:0${slot}.0`,
  macAddress: `02:00:00:00:00:0${slot}`,
  name: `ens${slot}`,
}));

const anyRequest = fc.record({
  phase: fc.constantFrom('Present' as const, 'Releasing' as const),
  linkMode: fc.constantFrom('Up' as const, 'Addressed' as const, 'Unmanaged' as const),
  linkName: fc.constantFrom(undefined, 'sig0', 'media0'),
  rx: fc.constantFrom(undefined, 2048),
  mtu: fc.constantFrom(0, 1500, 9001),
  dpdk: fc.constantFrom(
    undefined,
    { driver: 'vfio-pci' },
    { driver: 'igb_uio', resourceName: 'data' },
    { driver: 'vfio-pci', resourceName: 'amazon.com/voice' },
  ),
});
type Request = typeof anyRequest extends fc.Arbitrary<infer T> ? T : never;

const anyEvent = fc.record({
  type: fc.constantFrom(
    ...(['request', 'request', 'drop-row', 'plug-again', 'set-down'] as const),
    ...(['reset-mtu', 'restart', 'reboot'] as const),
  ),
  nic: fc.nat({ max: NICS.length - 1 }),
  request: anyRequest,
});
type Event = typeof anyEvent extends fc.Arbitrary<infer T> ? T : never;

const specOf = (request: Request, nic: number, generation: number) => {
  const { dpdk, linkName, rx, ...rest } = request;
  return slotSpec({
    ...rest,
    ...(dpdk && { dpdk }),
    ...(linkName !== undefined && { linkName }),
    ...(rx !== undefined && { link: { rings: { rx } } }),
    ...{ privateIpAddress: `10.0.2.${nic + 10}`, subnetCidr: '10.0.2.0/24', gateway: '10.0.2.1' },
    generation,
    eniId: `eni-${nic}`,
    macAddress: NICS[nic]?.macAddress ?? '',
    deviceIndex: nic + 1,
  });
};

const setUp = () => {
  const scratch = createScratchHost();
  const { kernel, tree, cluster } = scratch;
  kernel.setNoIommu('N');
  for (const nic of [UPLINK, STRANGER, ...NICS]) kernel.plug(nic);
  kernel.change(UPLINK.pciAddress, { isUp: true });
  cluster.afterRestart = { 'intel.com/data': 3, 'amazon.com/voice': 3 };
  tree.file(
    'proc/net/route',
    'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\nens5\t00000000\t0100000A\t0003\t0\t0\t0\t00000000\n',
  );
  let agent = scratch.startAgent();
  let generation = 0;
  const rows: Record<string, ReturnType<typeof slotSpec>> = {};

  const plugAgain = (device: Nic): void => {
    kernel.unplug(device.pciAddress);
    kernel.plug(device);
  };
  const change = ({ pciAddress }: Nic, changes: { isUp?: boolean; mtu?: number }): void => {
    if (kernel.linkOf(pciAddress) !== undefined) kernel.change(pciAddress, changes);
  };
  const restart = (): void => {
    agent = scratch.startAgent();
  };
  const effects: Readonly<Record<Event['type'], (device: Nic, event: Event) => void>> = {
    request: (_, { nic, request }) => {
      generation += 1;
      rows[`n${nic}/subnet`] = specOf(request, nic, generation);
    },
    // The controller forgets a row when EC2 shows no ENI: the device is gone by then.
    'drop-row': (device, { nic }) => {
      plugAgain(device);
      delete rows[`n${nic}/subnet`];
    },
    'plug-again': plugAgain,
    'set-down': (device) => change(device, { isUp: false }),
    'reset-mtu': (device) => change(device, { mtu: 1500 }),
    restart,
    reboot: () => {
      for (const one of NICS) plugAgain(one);
      tree.remove('run/nodeeni');
      kernel.addresses.rules.length = 0;
      restart();
    },
  };
  const happen = (event: Event): void => {
    const device = NICS[event.nic];
    if (device !== undefined) effects[event.type](device, event);
  };

  return { ...scratch, rows, happen, reconcile: () => agent.reconcile(hostState(rows)) };
};

const expectDriver = (
  row: ReturnType<typeof slotSpec>,
  kernel: ReturnType<typeof setUp>['kernel'],
) => {
  const device = NICS.find(({ macAddress }) => macAddress === row.macAddress);
  const wanted = row.phase === 'Releasing' ? 'ena' : (row.dpdk?.driver ?? 'ena');
  expect(kernel.driverOf(device?.pciAddress ?? '')).toBe(wanted);
};

const sourcesOf = (rows: Readonly<Record<string, ReturnType<typeof slotSpec>>>): string[] =>
  Object.values(rows)
    .filter(({ phase, linkMode, dpdk }) => phase === 'Present' && linkMode === 'Addressed' && !dpdk)
    .flatMap(({ privateIpAddress = '' }) => privateIpAddress);

describe('the agent, whatever happens to its host', () => {
  it('ends with every interface as asked, settles there, and never touches what is not its own', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyEvent, { minLength: 1, maxLength: 8 }), async (events) => {
        const { kernel, rows, happen, reconcile } = setUp();

        for (const event of events) {
          happen(event);
          await reconcile();
        }
        const { results, isConverged } = await reconcile();

        expect({ results, isConverged }).toEqual({ results: [], isConverged: true });
        for (const row of Object.values(rows)) expectDriver(row, kernel);
        const { rules, addresses } = kernel.addresses;
        const given = [...addresses.values()].flat().map((address) => address.split('/')[0]);
        expect(rules.map(({ src }) => src).toSorted()).toEqual(sourcesOf(rows).toSorted());
        expect(given.toSorted()).toEqual(sourcesOf(rows).toSorted());
        expect(kernel.linkOf(UPLINK.pciAddress)).toMatchObject({ isUp: true, mtu: 1500 });
        expect(kernel.linkOf(STRANGER.pciAddress)).toMatchObject({ isUp: false, mtu: 1500 });
      }),
      { numRuns: 25 },
    );
  }, 60_000);
});
