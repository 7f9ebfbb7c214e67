import { inspect } from 'node:util';
import type { Cluster } from '@aws-sdk/client-eks';
import { describe, expect, it } from 'vitest';
import { createEksConnection } from '#providers/eks/eks-connection.ts';
import type { StsApi } from '#providers/sts/sts-api.ts';

const MINUTE_MS = 60_000;

const clusterAt = (endpoint: string): Cluster => ({
  status: 'ACTIVE',
  endpoint,
  certificateAuthority: { data: Buffer.from('a certificate').toString('base64') },
});

const named = (name: string, message: string): Error => Object.assign(new Error(message), { name });

/** An account with one cluster, whose answers and whose clock a test sets. */
const setUp = () => {
  const account = {
    now: Date.parse('2026-11-21T09:30:00.000Z'),
    cluster: clusterAt('https://one.eks.amazonaws.com') as Cluster | undefined,
    failure: undefined as Error | undefined,
    credentialsEnd: undefined as Date | undefined,
    described: [] as (string | undefined)[],
    signed: 0,
  };
  const sts: StsApi = {
    async presignGetCallerIdentity({ headers, signedAt }) {
      account.signed += 1;
      const url = `https://sts/?for=${headers['x-k8s-aws-id']}&at=${signedAt.toISOString()}`;
      const { credentialsEnd } = account;
      return { url, ...(credentialsEnd && { credentialsEnd }) };
    },
  };
  const connection = createEksConnection({
    eks: {
      async describeCluster({ name }) {
        account.described.push(name);
        if (account.failure !== undefined) throw account.failure;
        return { cluster: account.cluster, $metadata: {} };
      },
    },
    sts,
    clock: { now: () => new Date(account.now) },
    clusterName: 'production',
  });
  const bearer = async (): Promise<string> => {
    const { options } = await connection();
    return Object(options.headers).authorization;
  };
  const pass = (minutes: number): void => {
    account.now += minutes * MINUTE_MS;
  };
  return { account, connection, bearer, pass };
};

describe('the bearer token of EKS', () => {
  it('is the presigned request for this cluster, in base64url without padding', async () => {
    const { bearer } = setUp();

    const [, prefix, encoded = ''] = /^Bearer (k8s-aws-v1\.)([-\w]+)$/.exec(await bearer()) ?? [];

    expect(prefix).toBe('k8s-aws-v1.');
    expect(Buffer.from(encoded, 'base64url').toString()).toBe(
      'https://sts/?for=production&at=2026-11-21T09:30:00.000Z',
    );
  });

  it('is kept for 13 of its 15 minutes, then made anew', async () => {
    const { bearer, pass, account } = setUp();
    const first = await bearer();

    pass(12.9);
    const kept = await bearer();
    pass(0.1);
    const next = await bearer();

    expect(kept).toBe(first);
    expect(next).not.toBe(first);
    expect(account.signed).toBe(2);
  });

  it('ends with the credentials that signed it', async () => {
    const { bearer, pass, account } = setUp();
    account.credentialsEnd = new Date(account.now + 6 * MINUTE_MS);
    const first = await bearer();

    pass(3.9);
    const kept = await bearer();
    pass(0.1);
    const next = await bearer();

    expect({ kept, next }).toEqual({ kept: first, next: expect.not.stringContaining(first) });
  });

  it('is made once for all calls of a moment', async () => {
    const { bearer, account } = setUp();

    await Promise.all([bearer(), bearer(), bearer()]);

    expect({ signed: account.signed, described: account.described }).toEqual({
      signed: 1,
      described: ['production'],
    });
  });
});

describe('the endpoint of EKS', () => {
  it('is trusted by the authority of the cluster alone, over sockets that are kept', async () => {
    const { connection } = setUp();

    const { server, options } = await connection();

    expect(server).toBe('https://one.eks.amazonaws.com');
    expect(Object(options.agent).options).toMatchObject({
      ca: Buffer.from('a certificate'),
      keepAlive: true,
    });
    expect(Object(options.agent).options).not.toHaveProperty('rejectUnauthorized');
  });

  it('is asked for once an hour, and the sockets outlive it', async () => {
    const { connection, pass, account } = setUp();

    const first = await connection();
    pass(59);
    await connection();
    pass(1);
    const later = await connection();

    expect(account.described).toHaveLength(2);
    expect(later.options.agent).toBe(first.options.agent);
  });

  it('is that of a cluster made anew under its name, an hour later', async () => {
    const { connection, pass, account } = setUp();
    const first = await connection();
    account.cluster = clusterAt('https://two.eks.amazonaws.com');

    pass(60);
    const later = await connection();

    expect(later.server).toBe('https://two.eks.amazonaws.com');
    expect(later.options.agent).not.toBe(first.options.agent);
  });

  it('is asked for again when a call to it was led astray, and not each time', async () => {
    const { connection, pass, account } = setUp();
    const first = await connection();
    account.cluster = clusterAt('https://two.eks.amazonaws.com');

    const servers: string[] = [];
    for (const minutes of [0.1, 0.2, 0.1]) {
      pass(minutes);
      first.doubt?.();
      servers.push((await connection()).server);
    }

    expect(servers).toEqual([
      'https://one.eks.amazonaws.com',
      'https://two.eks.amazonaws.com',
      'https://two.eks.amazonaws.com',
    ]);
    expect({ described: account.described.length, signed: account.signed }).toEqual({
      described: 2,
      signed: 2,
    });
  });

  it('is asked for again after a failure', async () => {
    const { connection, account } = setUp();
    account.failure = named('ServerException', 'try again');
    await expect(connection()).rejects.toThrow('DescribeCluster: ServerException: try again');

    account.failure = undefined;

    expect((await connection()).server).toBe('https://one.eks.amazonaws.com');
  });

  it('is missing while the cluster is being made', async () => {
    const { connection, account } = setUp();
    account.cluster = { status: 'CREATING' };

    await expect(connection()).rejects.toMatchObject({
      failure: 'Unknown',
      message: 'production has no endpoint: it is CREATING',
    });
  });

  it.each([
    ['ResourceNotFoundException', 'Unknown'],
    ['AccessDeniedException', 'Denied'],
    ['ExpiredTokenException', 'Denied'],
    ['ThrottlingException', 'Throttled'],
    ['SomethingElse', 'Unknown'],
  ])(
    'fails with %s as %s, which no one takes for an object that is gone',
    async (name, failure) => {
      const { connection, account } = setUp();
      account.failure = named(name, 'No cluster found for name: production.');

      await expect(connection()).rejects.toMatchObject({ name: 'CallError', failure, code: name });
    },
  );

  it('fails without the token in the error', async () => {
    const { connection, account } = setUp();
    account.failure = named('ServerException', 'try again');

    const error = await connection().catch((thrown: unknown) => thrown);

    expect(inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true })).not.toMatch(
      /k8s-aws-v1|https:\/\/sts/,
    );
  });
});
