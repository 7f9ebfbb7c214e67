import type { Launch } from './launch.ts';

/** US dollars in us-east-1, without a free tier. */
export interface Price {
  readonly item: string;
  readonly dollars: number;
  /** How many of the item that buys. */
  readonly per: number;
  readonly page: string;
}

/** The month of the prices. They come from pages that cite the ones named here, so look there before you rely on them. */
export const PRICED_ON = '2026-06';

const LAMBDA = 'AWS Lambda Pricing';
const SQS = 'Amazon SQS pricing';

const PRICES = {
  invocation: { item: 'Lambda requests', dollars: 0.2, per: 1_000_000, page: LAMBDA },
  duration: { item: 'Lambda GB-seconds, Arm', dollars: 0.000_013_333_4, per: 1, page: LAMBDA },
  fifo: { item: 'SQS requests, FIFO', dollars: 0.5, per: 1_000_000, page: SQS },
  standard: { item: 'SQS requests, standard', dollars: 0.4, per: 1_000_000, page: SQS },
  event: {
    item: 'EventBridge custom events',
    dollars: 1,
    per: 1_000_000,
    page: 'Amazon EventBridge pricing',
  },
} as const satisfies Readonly<Record<string, Price>>;

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

export interface CostLine extends Price {
  readonly amount: number;
  readonly cost: number;
}

const gigabyteSeconds = ({ functions }: Launch): number =>
  [...functions].reduce((sum, [name, { invocations, seconds }]) => {
    const gigabytes = (MEGABYTES[name] ?? ROUTER_MEGABYTES) / 1024;
    return sum + gigabytes * (seconds + invocations * OWN_SECONDS);
  }, 0);

/** What a launch costs beside EC2, an estimate. AWS's own events are free, polls that bring nothing are not counted. */
export const costOf = (launch: Launch): readonly CostLine[] => {
  const invocations = [...launch.functions.values()].reduce(
    (sum, usage) => sum + usage.invocations,
    0,
  );
  const line = (price: Price, amount: number): CostLine => ({
    ...price,
    amount,
    cost: (amount * price.dollars) / price.per,
  });
  return [
    line(PRICES.invocation, invocations),
    line(PRICES.duration, gigabyteSeconds(launch)),
    line(PRICES.fifo, launch.queueRequests.fifo),
    line(PRICES.standard, launch.queueRequests.standard),
    line(PRICES.event, launch.customEvents),
  ];
};
