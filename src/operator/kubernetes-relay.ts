import { PRODUCT_VERSION } from '#providers/product-version.ts';
import type { KubernetesRelay } from './operator.ts';
import { createRouter } from './router.ts';
import { type Environment, parseWebhookSecretSha256 } from './router-options.ts';
import { createSecretCheck } from './webhook-secret.ts';

/** Everything for the function behind the admission webhook, from its environment. Throws as `createRouter` does. */
export const createKubernetesRelay = (env: Environment): KubernetesRelay => ({
  ...createRouter(env),
  version: PRODUCT_VERSION,
  isSecret: createSecretCheck(parseWebhookSecretSha256(env)),
});
