import { createHash } from 'node:crypto';
import { createFunction, type FunctionDependencies } from './functions.ts';

/** Twice the 128 bits below which a secret could be guessed. */
const SECRET_BYTES = 32;

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

/**
 * The function behind the admission webhook, and its URL with the secret path. API servers of EKS have no client
 * certificate to show, so the path is what tells a call of theirs; the function knows its digest only.
 */
export const createWebhook = (given: FunctionDependencies) => {
  const { reservedConcurrency } = given.options.webhook;
  const secret = new random.RandomBytes(
    given.scope.logical('WebhookSecret'),
    { length: SECRET_BYTES },
    given.scope.child,
  );
  const relay = createFunction('on-kubernetes-change', given, {
    environment: { WEBHOOK_SECRET_SHA256: secret.hex.apply(sha256) },
    // Browsers have no business here.
    url: { authorization: 'none', cors: false },
    // Whoever finds the URL cannot use up the concurrency of the account with it.
    ...(reservedConcurrency && { concurrency: { reserved: reservedConcurrency } }),
  });
  const url = $util.secret($interpolate`${relay.lambda.url}${secret.hex}`);
  return { relay, url };
};
