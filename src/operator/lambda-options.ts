import * as z from 'zod/mini';
import { type Environment, parseEnvironment, parseRouterOptions } from './router-options.ts';

const share = (value: number) => z._default(z.coerce.number().check(z.gt(0), z.lte(1)), value);

const schema = z.object({
  /** Part of EC2's published refill that this installation may use. */
  BUDGET_SHARE: share(0.5),
  /** Part of EC2's published bucket that a burst may use. */
  BUDGET_BURST_SHARE: share(0.8),
  /** Worker environments that run at once: what the event source mapping allows. */
  WORKER_CONCURRENCY: z._default(z.coerce.number().check(z.int(), z.gte(1)), 2),
  EVENT_BUS_NAME: z._default(z.string().check(z.minLength(1)), 'default'),
  TRACING: z._default(z.enum(['on', 'off']), 'off'),
});

/** The settings of the functions that work, beside those of the routers. Throws an Error that names every bad one. */
export const parseLambdaOptions = (env: Environment) => {
  const options = parseEnvironment(schema, env);
  return {
    ...parseRouterOptions(env),
    budget: {
      share: options.BUDGET_SHARE,
      burstShare: options.BUDGET_BURST_SHARE,
      concurrency: options.WORKER_CONCURRENCY,
    },
    eventBusName: options.EVENT_BUS_NAME,
    isTraced: options.TRACING === 'on',
  };
};
