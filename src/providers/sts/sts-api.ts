import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';

/** What the command line asks STS itself; it needs no permission. */
export interface CallerApi {
  /** The account of the credentials. */
  getCallerAccount(): Promise<string>;
}

/** The call over the wire. */
export const createCallerApi = (client: STSClient): CallerApi => ({
  async getCallerAccount() {
    const { Account } = await client.send(new GetCallerIdentityCommand({}));
    if (Account === undefined) throw new Error('STS names no account.');
    return Account;
  },
});

/** A request of ours that somebody else sends. */
export interface PresignedRequest {
  readonly url: string;
  /** When the credentials it was signed with end, whatever it says itself; absent where they do not. */
  readonly credentialsEnd?: Date;
}

/**
 * The one STS request the functions make. It is signed here and sent by the API server of EKS, so it needs no
 * permission and no way to STS.
 */
export interface StsApi {
  /** Whoever has the URL may ask STS who signed it, if they send these headers with it. */
  presignGetCallerIdentity(input: {
    readonly headers: Readonly<Record<string, string>>;
    readonly expiresInSeconds: number;
    readonly signedAt: Date;
  }): Promise<PresignedRequest>;
}

type Signer = Awaited<ReturnType<STSClient['config']['signer']>>;
type Request = Parameters<Signer['sign']>[0];

/** The SDK's signer can presign too, but a client's configuration promises only that it signs. */
interface Presigner {
  presign(
    request: Request,
    options: { readonly expiresIn: number; readonly signingDate: Date },
  ): Promise<Request>;
}

const isPresigner = (signer: object): signer is Presigner => 'presign' in signer;

/** The regional endpoint of the client's partition: EKS takes a known host of STS only (aws-iam-authenticator, token.go). */
const endpointOf = async ({ config }: STSClient): Promise<URL> => {
  const { url } = config.endpointProvider({
    Region: await config.region(),
    UseGlobalEndpoint: false,
  });
  return url;
};

/** The request, signed with the client's credentials. */
export const createStsApi = (client: STSClient): StsApi => ({
  async presignGetCallerIdentity({ headers, expiresInSeconds, signedAt }) {
    // Read before signing: should they be renewed meanwhile, the earlier end is the one to believe.
    const { expiration } = await client.config.credentials();
    const { protocol, host, hostname } = await endpointOf(client);
    const signer = await client.config.signer();
    if (!isPresigner(signer)) throw new Error('The signer of this SDK cannot presign.');
    const { query = {} } = await signer.presign(
      {
        method: 'GET',
        protocol,
        hostname,
        path: '/',
        query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
        headers: { host, ...headers },
      },
      { expiresIn: expiresInSeconds, signingDate: signedAt },
    );
    const url = new URL(`${protocol}//${host}/`);
    for (const [key, value] of Object.entries(query)) url.searchParams.set(key, String(value));
    return { url: url.href, ...(expiration !== undefined && { credentialsEnd: expiration }) };
  },
});
