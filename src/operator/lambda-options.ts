import * as z from 'zod/mini';
import { type Environment, parseEnvironment, parseRouterOptions } from './router-options.ts';

const share = (value: number) => z._default(z.coerce.number().check(z.gt(0), z.lte(1)), value);

const name = z.optional(z.string().check(z.minLength(1)));

/** The ways to the cluster, of which one is chosen; by none it is what kubectl would take. */
const WAYS = ['EKS_CLUSTER_NAME', 'KUBECONFIG_PARAMETER', 'KUBECONFIG'] as const;

const waysSchema = z
  .object({ EKS_CLUSTER_NAME: name, KUBECONFIG_PARAMETER: name, KUBECONFIG: name })
  .check(
    z.superRefine((given, context) => {
      const [, ...others] = WAYS.filter((way) => given[way] !== undefined);
      for (const path of others)
        context.addIssue({ code: 'custom', path: [path], message: 'another way is given' });
    }),
  );

const schema = z.object({
  /** Part of EC2's published refill that this installation may use. */
  BUDGET_SHARE: share(0.5),
  /** Part of EC2's published bucket that a burst may use. */
  BUDGET_BURST_SHARE: share(0.8),
  /** Worker environments that run at once: what the event source mapping allows. */
  WORKER_CONCURRENCY: z._default(z.coerce.number().check(z.int(), z.gte(1)), 2),
  /** VPCs in whose subnets interfaces may be made, with commas between them. */
  VPC_IDS: z.optional(z.string().check(z.regex(/^vpc-[0-9a-f]+(,vpc-[0-9a-f]+)*$/))),
  LEGACY_TAGS: z._default(z.enum(['on', 'off']), 'off'),
  HOST: z._default(z.enum(['agent', 'ssm', 'either']), 'agent'),
  /** Where hosts that are configured by commands find the agent. */
  AGENT_BUNDLE_URL: z.optional(z.url()),
  EVENT_BUS_NAME: z._default(z.string().check(z.minLength(1)), 'default'),
  TRACING: z._default(z.enum(['on', 'off']), 'off'),
});

const needsBundle = schema.check(
  z.refine(({ HOST, AGENT_BUNDLE_URL }) => HOST === 'agent' || AGENT_BUNDLE_URL !== undefined, {
    path: ['AGENT_BUNDLE_URL'],
  }),
);

/** Where the functions find the cluster, and as whom they come. */
export type ClusterWay =
  | { readonly type: 'eks'; readonly clusterName: string }
  | { readonly type: 'parameter'; readonly parameterName: string }
  | { readonly type: 'kubeconfig' };

const parseWay = (env: Environment): ClusterWay => {
  const { EKS_CLUSTER_NAME, KUBECONFIG_PARAMETER } = parseEnvironment(waysSchema, env);
  if (EKS_CLUSTER_NAME !== undefined) return { type: 'eks', clusterName: EKS_CLUSTER_NAME };
  if (KUBECONFIG_PARAMETER !== undefined)
    return { type: 'parameter', parameterName: KUBECONFIG_PARAMETER };
  return { type: 'kubeconfig' };
};

/** The settings of the functions that work, beside those of the routers. Throws an Error that names every bad one. */
export const parseLambdaOptions = (env: Environment) => {
  const options = parseEnvironment(needsBundle, env);
  return {
    ...parseRouterOptions(env),
    way: parseWay(env),
    budget: {
      share: options.BUDGET_SHARE,
      burstShare: options.BUDGET_BURST_SHARE,
      concurrency: options.WORKER_CONCURRENCY,
    },
    settings: {
      ...(options.VPC_IDS !== undefined && { vpcIds: options.VPC_IDS.split(',') }),
      hasLegacyTags: options.LEGACY_TAGS === 'on',
    },
    ...(options.HOST !== 'agent' &&
      options.AGENT_BUNDLE_URL !== undefined && {
        runCommand: { isUsual: options.HOST === 'ssm', bundleUrl: options.AGENT_BUNDLE_URL },
      }),
    eventBusName: options.EVENT_BUS_NAME,
    isTraced: options.TRACING === 'on',
  };
};
