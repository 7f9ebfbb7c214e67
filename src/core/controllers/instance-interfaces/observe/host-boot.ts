import type { HostStatus, NodeEniState, Slot } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { Observed } from '#core/instance/observed.ts';
import type { Instance } from '#core/ports/cloud.ts';

/** Rows that an agent wrote of what is there. Those of a host that takes commands are looked after where the commands are. */
const agentRows = ({ spec, status }: NodeEniState): [Slot, HostStatus][] =>
  Object.entries(status?.host ?? {}).filter(([slot]) => {
    const record = spec.interfaces?.[slot];
    return record !== undefined && record.host !== 'SSM';
  });

/** The start of the instance that its agent's rows speak of by now; undefined while there are none. */
export const hostBootOf = ({ instance, state }: Observed): string | undefined =>
  state === undefined || agentRows(state).length === 0
    ? undefined
    : instance?.launchTime.toISOString();

const HOST_RESTARTED = {
  configured: false,
  reason: 'HostRestarted',
  message: 'The instance was started again, and its agent has not reported since.',
};

/**
 * The rows of an agent from before the instance was started again, as they read without what was true of that boot. A stopped
 * instance has a new launch time when it starts ("Instance", EC2 API Reference); links are down then and devices unbound.
 */
export const voidedRows = (
  state: NodeEniState,
  instance: Instance | undefined,
): Readonly<Record<Slot, HostStatus>> => {
  const { hostBootedAt } = state.spec;
  if (instance === undefined || hostBootedAt === undefined) return {};
  if (instance.launchTime.toISOString() === hostBootedAt) return {};
  return Object.fromEntries(
    agentRows(state).map(([slot, { eniId, generation, pciAddress }]) => [
      slot,
      { eniId, generation, ...(pciAddress !== undefined && { pciAddress }), ...HOST_RESTARTED },
    ]),
  );
};

/** The state object with these rows in place of its own. */
export const withRows = (
  state: NodeEniState,
  rows: Readonly<Record<Slot, HostStatus>>,
): NodeEniState =>
  Object.keys(rows).length === 0
    ? state
    : { ...state, status: { ...state.status, host: { ...state.status?.host, ...rows } } };
