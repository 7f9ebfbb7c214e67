import type { SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { HostState } from '#node-agent/agent/parse-state.ts';

/** The row of an interface at 0000:00:06.0, index 2, as the controller writes it. */
export const slotSpec = (changes: Partial<SlotSpec> = {}): SlotSpec => ({
  nodeEniUid: 'uid-data',
  subnetId: 'subnet-1',
  phase: 'Present',
  generation: 1,
  eniId: 'eni-06',
  macAddress: '02:00:00:00:00:06',
  deviceIndex: 2,
  networkCardIndex: 0,
  mtu: 9001,
  linkMode: 'Up',
  ...changes,
});

/** An object with the given rows. */
export const hostState = (
  interfaces: Readonly<Record<string, SlotSpec>>,
  host: NonNullable<HostState['status']>['host'] = undefined,
): HostState => ({
  spec: { interfaces: { ...interfaces } },
  ...(host === undefined ? {} : { status: { host } }),
});

export const SLOT = 'data/subnet-1';
