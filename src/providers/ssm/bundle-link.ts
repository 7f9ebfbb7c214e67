import type { SSMClient } from '@aws-sdk/client-ssm';

type Signer = Awaited<ReturnType<SSMClient['config']['signer']>>;
type Request = Parameters<Signer['sign']>[0];

interface PresignOptions {
  readonly expiresIn: number;
  readonly signingDate: Date;
  readonly signingService: string;
}

/** The SDK's signer can presign too, but a client's configuration promises only that it signs. */
interface Presigner {
  presign(request: Request, options: PresignOptions): Promise<Request>;
}

const isPresigner = (signer: object): signer is Presigner => 'presign' in signer;

/** `bucket.s3.eu-west-1.amazonaws.com`, as S3 calls the objects of a bucket. */
const IS_S3 = /\.s3[.-][a-z0-9.-]*amazonaws\.com(\.cn)?$/;

/**
 * A link to the bundle of the agent. In S3 it is presigned, so that hosts need no right of their own to read it; any
 * other address is used as it is. The key must need no escaping. Throws what the SDK's credentials throw.
 */
export const createBundleLink =
  (client: Pick<SSMClient, 'config'>, address: string, now: () => Date) =>
  async (seconds: number): Promise<string> => {
    const url = new URL(address);
    if (!IS_S3.test(url.hostname)) return address;
    const signer = await client.config.signer();
    if (!isPresigner(signer)) throw new Error('The signer of this SDK cannot presign.');
    const { query = {} } = await signer.presign(
      {
        method: 'GET',
        protocol: url.protocol,
        hostname: url.hostname,
        path: url.pathname,
        query: {},
        // Who fetches it sends no body to sign ("Authenticating Requests: Using Query Parameters", Amazon S3).
        headers: { host: url.host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
      },
      { expiresIn: seconds, signingDate: now(), signingService: 's3' },
    );
    for (const [key, value] of Object.entries(query)) url.searchParams.set(key, String(value));
    return url.href;
  };
