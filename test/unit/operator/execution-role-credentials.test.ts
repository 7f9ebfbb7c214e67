import { afterEach, describe, expect, it, vi } from 'vitest';
import { defaultProvider } from '#operator/execution-role-credentials.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

const setKeys = (keys: Readonly<Record<string, string | undefined>>): void => {
  const none = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };
  const given = { ...none, AWS_SESSION_TOKEN: undefined, AWS_ACCOUNT_ID: undefined, ...keys };
  for (const [name, value] of Object.entries(given)) vi.stubEnv(name, value);
};

const KEYS = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'key' };

describe('The credentials of a function', () => {
  it('are the keys that Lambda sets in the environment', async () => {
    setKeys({ ...KEYS, AWS_SESSION_TOKEN: 'token' });

    const credentials = await defaultProvider()();

    expect(credentials).toEqual({
      accessKeyId: 'id',
      secretAccessKey: 'key',
      sessionToken: 'token',
    });
  });

  it('are read at each call, so that new keys are taken', async () => {
    setKeys(KEYS);
    const provide = defaultProvider();

    vi.stubEnv('AWS_ACCESS_KEY_ID', 'newer');

    await expect(provide()).resolves.toMatchObject({ accessKeyId: 'newer' });
  });

  it.each(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'])(
    'are refused without %s, with the names of the variables',
    async (name) => {
      setKeys({ ...KEYS, [name]: undefined });

      await expect(defaultProvider()()).rejects.toThrow(/AWS_ACCESS_KEY_ID and AWS_SECRET/);
    },
  );
});
