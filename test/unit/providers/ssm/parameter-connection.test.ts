import { inspect } from 'node:util';
import type { Parameter } from '@aws-sdk/client-ssm';
import { describe, expect, it } from 'vitest';
import { createParameterConnection } from '#providers/ssm/parameter-connection.ts';

const kubeconfig = (server: string, token = 'very-secret-token'): string =>
  JSON.stringify({
    'current-context': 'c',
    clusters: [{ name: 'c', cluster: { server } }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    users: [{ name: 'u', user: { token } }],
  });

/** A parameter store with one parameter, and a clock to turn. */
const setUp = () => {
  const store = {
    now: 0,
    asked: [] as unknown[],
    failure: undefined as Error | undefined,
    parameter: { Type: 'SecureString', Value: kubeconfig('https://one.example.com') } as Parameter,
  };
  const connection = createParameterConnection({
    ssm: {
      async getParameter(input) {
        store.asked.push(input);
        if (store.failure !== undefined) throw store.failure;
        return { Parameter: store.parameter, $metadata: {} };
      },
    },
    clock: { now: () => new Date(store.now) },
    parameterName: '/nodeeni/kubeconfig',
  });
  return { store, connection };
};

const textOf = (error: unknown): string =>
  inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true });

describe('createParameterConnection', () => {
  it('reads the kubeconfig, decrypted, and comes as its user', async () => {
    const { connection, store } = setUp();

    const { server, options } = await connection();

    expect(store.asked).toEqual([{ Name: '/nodeeni/kubeconfig', WithDecryption: true }]);
    expect(server).toBe('https://one.example.com');
    expect(options.headers).toMatchObject({ Authorization: 'Bearer very-secret-token' });
  });

  it('reads it again after ten minutes, and keeps the sockets when it has not changed', async () => {
    const { connection, store } = setUp();

    const first = await connection();
    store.now = 599_000;
    await connection();
    store.now = 600_000;
    const later = await connection();

    expect(store.asked).toHaveLength(2);
    expect(later.options.agent).toBe(first.options.agent);
  });

  it('follows a kubeconfig that is replaced', async () => {
    const { connection, store } = setUp();
    await connection();
    store.parameter = { Type: 'SecureString', Value: kubeconfig('https://two.example.com', 'n') };

    store.now = 600_000;
    const { server, options } = await connection();

    expect({ server, headers: options.headers }).toEqual({
      server: 'https://two.example.com',
      headers: { Authorization: 'Bearer n' },
    });
  });

  it('follows it sooner when the one before leads nowhere', async () => {
    const { connection, store } = setUp();
    const first = await connection();
    store.parameter = { Type: 'SecureString', Value: kubeconfig('https://two.example.com') };

    store.now = 15_000;
    first.doubt?.();

    expect((await connection()).server).toBe('https://two.example.com');
  });

  it('does not use a secret that lies open', async () => {
    const { connection, store } = setUp();
    store.parameter = { ...store.parameter, Type: 'String' };

    await expect(connection()).rejects.toThrow(
      'The parameter /nodeeni/kubeconfig is a String. Store it as a SecureString.',
    );
  });

  it.each([
    ['is no YAML', 'users: [very-secret-token\n  : {'],
    ['is no kubeconfig', '"very-secret-token"'],
    ['is empty', ''],
    ['names no context', kubeconfig('https://one').replace('"current-context":"c"', '"x":"c"')],
  ])('does not quote a text that %s', async (_what, text) => {
    const { connection, store } = setUp();
    store.parameter = { Type: 'SecureString', Value: text };

    const error = await connection().catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({
      failure: 'Unknown',
      message: 'The parameter /nodeeni/kubeconfig holds no kubeconfig with a current context.',
    });
    expect(textOf(error)).not.toContain('very-secret-token');
  });

  it.each([
    ['ParameterNotFound', 'Unknown'],
    ['AccessDeniedException', 'Denied'],
    ['ThrottlingException', 'Throttled'],
  ])(
    'fails with %s as %s, which no one takes for an object that is gone',
    async (name, failure) => {
      const { connection, store } = setUp();
      store.failure = Object.assign(new Error('no'), { name });

      await expect(connection()).rejects.toMatchObject({ failure, code: name });
    },
  );
});
