import { FINALIZER } from '#core/apis/v1alpha1/names.ts';
import { type NodeEniStatus, nodeEniSpecSchema } from '#core/apis/v1alpha1/node-eni.ts';
import type { NodeEniState } from '#core/apis/v1alpha1/node-eni-state.ts';
import { rowsOf } from '#core/controllers/roll-up/rows.ts';
import { statusOf } from '#core/controllers/roll-up/status.ts';
import { aRecord } from '#test/support/builders.ts';

/** etcd refuses a larger request (`--max-request-bytes`, "Configuration options", etcd.io). */
export const MOST_OBJECT_BYTES = 1.5 * 2 ** 20;

const NOW = new Date('2026-11-21T12:00:00.000Z');
const SLOT = 'data/subnet-0f59b4f14737be9ad';

/** Longer than what EC2 says of most refusals. */
const LONG_MESSAGE = 'The call was refused, and this sentence of EC2 tells at length why. '.repeat(
  6,
);

/** One instance whose row has all fields and fails with a long message. */
const failingState = (index: number): NodeEniState => {
  const id = index.toString(16).padStart(17, '0');
  const eniId = `eni-${id}`;
  return {
    metadata: { name: `i-${id}`, uid: `uid-${id}` },
    spec: {
      nodeName: `ip-10-${index >> 8}-${index & 255}-100.eu-central-1.compute.internal`,
      interfaces: {
        [SLOT]: aRecord({
          eniId,
          subnetId: 'subnet-0f59b4f14737be9ad',
          subnetCidr: '10.100.0.0/16',
          deviceIndex: 2,
          networkCardIndex: 0,
          macAddress: '02:00:00:00:00:01',
          privateIpAddress: '10.100.100.100',
          mtu: 9001,
          dpdk: { driver: 'vfio-pci', resourceName: 'intel.com/sriov_dpdk_pool' },
        }),
      },
    },
    status: {
      interfaces: {
        [SLOT]: {
          phase: 'Failed',
          reason: 'InsufficientFreeAddressesInSubnet',
          message: LONG_MESSAGE,
          since: NOW.toISOString(),
        },
      },
      host: {
        [SLOT]: {
          eniId,
          generation: 1,
          configured: true,
          interfaceName: 'ens192np1',
          driver: 'vfio-pci',
          pciAddress: '0000:00:06.0',
        },
      },
    },
  };
};

/** The status of a NodeENI on so many nodes, all of which fail at length, and the bytes of the object in JSON. */
export const objectOf = (
  nodes: number,
): { readonly status: NodeEniStatus; readonly bytes: number } => {
  const nodeEni = {
    metadata: { name: 'data', uid: 'uid-of-data', generation: 1, finalizers: [FINALIZER] },
    spec: nodeEniSpecSchema.parse({
      nodeSelector: { ng: 'multi-eni' },
      subnetID: 'subnet-0f59b4f14737be9ad',
      securityGroupIDs: ['sg-05da196f3314d4af8'],
      deviceIndex: 2,
    }),
  };
  const states = Array.from({ length: nodes }, (_, index) => failingState(index));
  const rows = rowsOf('data', states);
  const picture = { nodeEni, rows, unadopted: [], matchedNodes: nodes, faults: [], now: NOW };
  const status = statusOf(picture);
  return { status, bytes: Buffer.byteLength(JSON.stringify({ ...nodeEni, status })) };
};
