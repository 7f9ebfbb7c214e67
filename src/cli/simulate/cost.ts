import type { Usage } from './meter.ts';
import { type CostLine, lineOf, PRICES } from './prices.ts';

/** What was used of the services that are paid by use. */
export interface Spent {
  readonly functions: ReadonlyMap<string, Usage>;
  /** Sends, deletes, and receives that brought something. */
  readonly queueRequests: { readonly fifo: number; readonly standard: number };
  readonly customEvents: number;
}

/** Megabytes of the functions, as they are deployed. */
const MEGABYTES: Readonly<Record<string, number>> = {
  'on-kubernetes-change': 512,
  reconcile: 512,
  'roll-up': 512,
  sweep: 512,
};
const ROUTER_MEGABYTES = 256;

/** Time of an invocation beside its calls to EC2: its own work and its calls to other services. An assumption. */
export const OWN_SECONDS = 0.05;

/** How often a function of these was run. */
export const invocationsOf = ({ functions }: Pick<Spent, 'functions'>): number =>
  [...functions.values()].reduce((sum, { invocations }) => sum + invocations, 0);

/** Memory times time, with the time of its own that each invocation is assumed to take. */
export const gigabyteSecondsOf = ({ functions }: Pick<Spent, 'functions'>): number =>
  [...functions].reduce((sum, [name, { invocations, seconds }]) => {
    const gigabytes = (MEGABYTES[name] ?? ROUTER_MEGABYTES) / 1024;
    return sum + gigabytes * (seconds + invocations * OWN_SECONDS);
  }, 0);

/** What that costs beside EC2, an estimate. AWS's own events are free, polls that bring nothing are not counted. */
export const costOf = (spent: Spent): readonly CostLine[] => [
  lineOf(PRICES.invocation, invocationsOf(spent)),
  lineOf(PRICES.duration, gigabyteSecondsOf(spent)),
  lineOf(PRICES.fifo, spent.queueRequests.fifo),
  lineOf(PRICES.standard, spent.queueRequests.standard),
  lineOf(PRICES.event, spent.customEvents),
];
