import * as z from 'zod/mini';

const routerSchema = z.object({
  CLUSTER_NAME: z.string().check(z.minLength(1)),
  WORK_QUEUE_URL: z.url(),
  ROLL_UP_QUEUE_URL: z.url(),
  DELAY_QUEUE_URL: z.url(),
});

const relaySchema = z.object({
  WEBHOOK_SECRET_SHA256: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
});

/** A process environment. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The queues, by URL. */
export interface RouterOptions {
  readonly clusterName: string;
  readonly work: { readonly url: string };
  readonly rollUp: { readonly url: string };
  readonly delay: { readonly url: string };
}

/** Every fault at once, by variable and never with its value. */
export const parseEnvironment = <Schema extends z.ZodMiniType>(
  schema: Schema,
  env: Environment,
): z.output<Schema> => {
  const parsed = schema.safeParse(env);
  if (parsed.success) return parsed.data;
  const names = parsed.error.issues.map(({ path }) => path.join('.'));
  throw new Error(`missing or unusable in the environment: ${[...new Set(names)].join(', ')}`);
};

/** Reads what a function that only sends to queues needs. Throws an Error that names every bad variable. */
export const parseRouterOptions = (env: Environment): RouterOptions => {
  const settings = parseEnvironment(routerSchema, env);
  return {
    clusterName: settings.CLUSTER_NAME,
    work: { url: settings.WORK_QUEUE_URL },
    rollUp: { url: settings.ROLL_UP_QUEUE_URL },
    delay: { url: settings.DELAY_QUEUE_URL },
  };
};

/** Reads the digest of the webhook's secret. Throws as `parseRouterOptions` does. */
export const parseWebhookSecretSha256 = (env: Environment): string =>
  parseEnvironment(relaySchema, env).WEBHOOK_SECRET_SHA256;
