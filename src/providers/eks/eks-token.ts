import type { Clock } from '#core/ports/clock.ts';
import type { Lasting } from '../kubernetes/renewed.ts';
import type { StsApi } from '../sts/sts-api.ts';

/** The request is good for 15 minutes after its date, whatever it says itself (aws-iam-authenticator, token.go). */
const TOKEN_SECONDS = 15 * 60;
/** What is left of a token when the next one is made: longer than any call takes. */
const MARGIN_SECONDS = 120;
/** What the request says itself: every version of the authenticator takes up to 60, though STS ignores it. */
const CLAIMED_SECONDS = 60;

const earlier = (one: number, other: number | undefined): number =>
  other === undefined ? one : Math.min(one, other);

/**
 * A bearer token of EKS: a presigned request with the cluster's name in a signed header, so that it opens no other
 * cluster. Out: the token and until when it is worth using. Throws what the SDK's credentials throw.
 */
export const createEksToken = async (
  { sts, clock }: { readonly sts: StsApi; readonly clock: Pick<Clock, 'now'> },
  clusterName: string,
): Promise<Lasting<string>> => {
  const signedAt = clock.now();
  const { url, credentialsEnd } = await sts.presignGetCallerIdentity({
    headers: { 'x-k8s-aws-id': clusterName },
    expiresInSeconds: CLAIMED_SECONDS,
    signedAt,
  });
  const end = earlier(signedAt.getTime() + TOKEN_SECONDS * 1000, credentialsEnd?.getTime());
  return {
    value: `k8s-aws-v1.${Buffer.from(url).toString('base64url')}`,
    until: new Date(end - MARGIN_SECONDS * 1000),
  };
};
