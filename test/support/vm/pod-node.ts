import { expect, onTestFinished, vi } from 'vitest';
import type { PodNetworkRecord } from '#core/apis/v1alpha1/pod-network-state.ts';
import { macAddressOf, rowOf, slotOf } from '#test/support/node/rows.ts';
import { createAgentStage } from './agent-stage.ts';
import type { SwitchPort } from './ec2-switch.ts';
import type { Machine } from './machine.ts';
import { createPodGuest } from './pod-guest.ts';

/** Several emulated machines share the processors of this one. */
export const PATIENCE_SECONDS = 180;
export const PATIENCE = { timeout: PATIENCE_SECONDS * 1000, interval: 500 };
const READY = { configured: true, podNetwork: { state: 'Ready', addresses: 2 } };

/** The prefix of IPv6 of the subnet. */
export const IPV6 = '2600:1f14:abc:de00';

/** Prefixes of the ENI of that number: two addresses of IPv4 for pods, so that all of them are soon in use. */
export const rangesOf = (number: number) => ({
  ipv4: `10.0.64.${16 * number}/31`,
  ipv6: `${IPV6}:${number}::/80`,
});
const networkOf = (number: number): PodNetworkRecord => ({
  ...{ name: 'data', type: 'ipvlan', mode: 'l2', spare: 0 },
  subnets: [
    { cidr: '10.0.64.0/24', gateway: '10.0.64.1', ranges: [rangesOf(number).ipv4] },
    { cidr: `${IPV6}::/64`, gateway: 'fe80:ec2::1', ranges: [rangesOf(number).ipv6] },
  ],
});

/** A node whose ENI, of that number, is in the switch; its agent has made the network. */
export const openNode = async (machine: Machine, number: number, port: SwitchPort) => {
  const guest = await createPodGuest(machine, 'data');
  await guest.install();
  const stage = await createAgentStage(machine, guest.options);
  const slot = slotOf(number);
  stage.ask({ [slot]: rowOf(number, { deviceIndex: 2, podNetwork: networkOf(number) }) });
  await machine.plug({ position: 1, macAddress: macAddressOf(number), port });
  onTestFinished(() => machine.unplug(1));
  await vi.waitFor(() => expect(stage.reported()[slot]).toMatchObject(READY), PATIENCE);
  return { ...guest, stage };
};
