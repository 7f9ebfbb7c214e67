import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createKubeConfigConnection } from '#providers/kubernetes/kube-config-connection.ts';
import { loadKubeConfig } from '#providers/kubernetes/load-kube-config.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nodeeni-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

const connectionFor = (server: string, user: object, cluster: object = {}) => {
  const file = join(folder, 'config');
  const content = {
    'current-context': 'c',
    clusters: [{ name: 'c', cluster: { server, ...cluster } }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    users: [{ name: 'u', user }],
  };
  writeFileSync(file, JSON.stringify(content));
  return createKubeConfigConnection(loadKubeConfig({ file, env: {} }));
};

const pluginFor = (status: object) => {
  const apiVersion = 'client.authentication.k8s.io/v1';
  const text = JSON.stringify({ apiVersion, status });
  return { exec: { apiVersion, command: 'echo', args: [text], interactiveMode: 'Never' } };
};

describe('createKubeConfigConnection', () => {
  it('sends the token of a file, as the file has it now', async () => {
    writeFileSync(join(folder, 'token'), 'first\n');
    const connection = connectionFor('https://c', { tokenFile: 'token' });
    const before = await connection();
    writeFileSync(join(folder, 'token'), 'second\n');

    const after = await connection();

    expect(before.options.headers).toEqual({ Authorization: 'Bearer first' });
    expect(after.options.headers).toEqual({ Authorization: 'Bearer second' });
  });

  it('sends for whom it acts with what proves who calls', async () => {
    const user = { ...pluginFor({ token: 't' }), as: 'ann', 'as-groups': ['a', 'b'] };

    const { options } = await connectionFor('https://c', user)();

    expect(options.headers).toEqual({
      Authorization: 'Bearer t',
      'Impersonate-User': 'ann',
      'Impersonate-Group': ['a', 'b'],
    });
  });

  it('believes a token of the kubeconfig before a program', async () => {
    const user = { token: 'mine', ...pluginFor({ token: 't' }) };

    const { options } = await connectionFor('https://c', user)();

    expect(options.headers).toEqual({ Authorization: 'Bearer mine' });
  });

  it('uses the certificate of a program for its sockets', async () => {
    const status = { clientCertificateData: 'CERT', clientKeyData: 'KEY' };

    const { options } = await connectionFor('https://c', pluginFor(status))();

    expect(options.agent).toMatchObject({ options: { cert: 'CERT', key: 'KEY' } });
  });

  it('sends nothing that proves who calls over plain HTTP', async () => {
    const user = { token: 't', as: 'ann' };

    const direct = await connectionFor('http://c', user)();
    const proxied = await connectionFor('http://c', user, { 'proxy-url': 'http://p:1' })();

    expect(direct).toEqual({ server: 'http://c', options: {} });
    expect(Object.keys(proxied.options)).toEqual(['agent']);
  });
});
