import { createStage, NODE_ENI_NAME, type Stage } from '#cli/simulate/stage.ts';
import { silentTelemetry } from '#cli/simulation/silent-telemetry.ts';
import type { Telemetry } from '#operator/telemetry.ts';
import { NODE_ENIS } from '#providers/kubernetes/resources.ts';

/** Far more than any fleet asks for, so that settling takes a moment. */
const PLENTY = { size: 1_000_000, refillPerSecond: 1_000_000 };

const MOST_SECONDS = 3600;

export interface SettledFleet extends Stage {
  readonly instanceIds: readonly string[];
  /** NodeENIs besides the one that serves the nodes. */
  readonly guests: number;
}

/** NodeENIs of tenants, each for a label that no node bears. */
const applyGuests = async ({ world }: Stage, guests: number): Promise<void> => {
  for (let guest = 0; guest < guests; guest += 1)
    await world.kubernetes.apply({
      apiVersion: 'networking.k8s.aws/v1alpha1',
      kind: 'NodeENI',
      metadata: { name: `guest-${guest}` },
      spec: { nodeSelector: { tenant: `t-${guest}` }, subnetID: `subnet-of-tenant-${guest}` },
    });
};

/** Whether so many interfaces are ready and nothing that was asked for is left to do. */
export const isQuiet = async ({ world, installation }: Stage, slots: number): Promise<boolean> => {
  const { status } = await world.kubernetes.get(NODE_ENIS, NODE_ENI_NAME);
  const { summary } = (status ?? {}) as { readonly summary?: string };
  return installation.pending() === 0 && summary === `${slots}/${slots}`;
};

/** A fleet on the simulator with so many interfaces a node, all ready, where nothing is left to do. */
export const settleFleet = async (
  nodes: number,
  telemetry: Telemetry = silentTelemetry,
  guests = 0,
  interfaces = 1,
): Promise<SettledFleet> => {
  const fleet = {
    nodes,
    interfaces,
    // Room for fourteen besides its own.
    instanceType: interfaces > 7 ? 'c5n.18xlarge' : 'm5.4xlarge',
    budget: 10_000,
    buckets: {
      CreateNetworkInterface: PLENTY,
      AttachNetworkInterface: PLENTY,
      ModifyNetworkInterfaceAttribute: PLENTY,
    },
  };
  const stage = await createStage(fleet, telemetry);
  const { clock } = stage.world;
  await clock.advanceBy(30_000);
  await applyGuests(stage, guests);
  const instanceIds = Array.from({ length: nodes }, stage.runInstance);
  for (const id of instanceIds) await stage.register(id);
  // Done too what was asked for on the way: a reconcile beside the measured ones would count as theirs.
  for (let seconds = 0; !(await isQuiet(stage, nodes * interfaces)); seconds += 30) {
    if (seconds > MOST_SECONDS) throw new Error(`${nodes} nodes did not settle`);
    await clock.advanceBy(30_000);
  }
  return { ...stage, instanceIds, guests };
};
