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

const MILLION = 1_000_000;
const GIGABYTE = 1_000_000_000;

const LAMBDA = 'AWS Lambda Pricing';
const SQS = 'Amazon SQS pricing';
const EVENT_BRIDGE = 'Amazon EventBridge pricing';
const CLOUD_WATCH = 'Amazon CloudWatch Pricing';

/** What is paid by use, and in CloudWatch by the month. Bytes of logs are stored for a month. */
export const PRICES = {
  invocation: { item: 'Lambda requests', dollars: 0.2, per: MILLION, page: LAMBDA },
  duration: { item: 'Lambda GB-seconds, Arm', dollars: 0.000_013_333_4, per: 1, page: LAMBDA },
  fifo: { item: 'SQS requests, FIFO', dollars: 0.5, per: MILLION, page: SQS },
  standard: { item: 'SQS requests, standard', dollars: 0.4, per: MILLION, page: SQS },
  event: { item: 'EventBridge custom events', dollars: 1, per: MILLION, page: EVENT_BRIDGE },
  alarm: { item: 'CloudWatch alarm metrics', dollars: 0.1, per: 1, page: CLOUD_WATCH },
  dashboard: { item: 'CloudWatch dashboards', dollars: 3, per: 1, page: CLOUD_WATCH },
  metric: { item: 'CloudWatch custom metrics', dollars: 0.3, per: 1, page: CLOUD_WATCH },
  logged: { item: 'Log bytes taken in', dollars: 0.5, per: GIGABYTE, page: CLOUD_WATCH },
  stored: { item: 'Log bytes kept', dollars: 0.03, per: GIGABYTE, page: CLOUD_WATCH },
} as const satisfies Readonly<Record<string, Price>>;

export interface CostLine extends Price {
  readonly amount: number;
  readonly cost: number;
}

/** What so many of an item cost. */
export const lineOf = (price: Price, amount: number): CostLine => ({
  ...price,
  amount,
  cost: (amount * price.dollars) / price.per,
});

/** The sum in US dollars. */
export const dollarsOf = (lines: readonly CostLine[]): number =>
  lines.reduce((sum, { cost }) => sum + cost, 0);
