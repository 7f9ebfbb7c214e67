import type { HostStatus, NodeEniState, Slot } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { PodNetworkReport } from '#core/apis/v1alpha1/pod-network-state.ts';
import { sameJson } from '#core/json.ts';

type Rows = Readonly<Record<Slot, HostStatus>>;

const left = ({ addresses, addressesInUse }: PodNetworkReport): number =>
  addresses - addressesInUse;

/** Short of addresses: fewer than `spare` are left; and no more, once twice as many are. */
const isShort = (report: PodNetworkReport, spare: number, wasShort: boolean): boolean =>
  left(report) < (wasShort ? 2 * spare : spare);

const steady = (before: HostStatus | undefined, after: HostStatus, spare: number): HostStatus => {
  const { podNetwork: known, ...told } = before ?? {};
  const { podNetwork: now, ...row } = after;
  if (known === undefined || now === undefined) return after;
  const kept = { ...now, addressesInUse: known.addressesInUse };
  const isNews = !sameJson(told, row) || !sameJson(known, kept);
  const wasShort = left(known) < spare;
  return isNews || isShort(now, spare, wasShort) !== wasShort
    ? after
    : { ...after, podNetwork: kept };
};

/**
 * The rows with the numbers of addresses in use that were told last, wherever that is all that has changed. Each write of a row
 * wakes the controller, which asks EC2: a pod that starts or ends is no reason for one, unless the network gets short of
 * addresses by it, or is so no more.
 */
export const withSteadyUsage = (
  spec: NodeEniState['spec'],
  before: Rows | undefined,
  after: Rows,
): Rows =>
  Object.fromEntries(
    Object.entries(after).map(([slot, row]) => [
      slot,
      steady(before?.[slot], row, spec.interfaces?.[slot]?.podNetwork?.spare ?? 0),
    ]),
  );
