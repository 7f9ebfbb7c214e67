import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KubeUser } from '#providers/kubernetes/kube-config-entries.ts';
import { type KubeConfigChoice, loadKubeConfig } from '#providers/kubernetes/load-kube-config.ts';
import { askFor, KUBECONFIG_CASES } from '#test/conformance/kubeconfig-cases.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nodeeni-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** A kubeconfig with this cluster and user; out: what is chosen of it. */
const load = (
  { cluster = {}, user = {} }: { readonly cluster?: object; readonly user?: object },
  choice: KubeConfigChoice = {},
) => {
  const file = join(folder, 'config');
  const content = {
    'current-context': 'c',
    clusters: [{ name: 'c', cluster: { server: 'https://10.0.0.1', ...cluster } }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    users: [{ name: 'u', user }],
  };
  writeFileSync(file, JSON.stringify(content));
  const config = loadKubeConfig({ file, env: {}, ...choice });
  const chosen: KubeUser | null = config.getCurrentUser();
  return { cluster: config.getCurrentCluster(), user: chosen };
};

describe('loadKubeConfig', () => {
  it.each(KUBECONFIG_CASES)('$name, as kubectl does', ({ files, chosen, ...asked }) => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const read = () => loadKubeConfig(askFor({ files, ...asked }, folder));

    if (chosen === undefined) return expect(read).toThrow(/kubeconfig/i);
    const config = read();
    expect(config.getCurrentContext()).toBe(chosen.context);
    expect(config.getCurrentCluster()?.server).toBe(chosen.server);
  });

  it('reads the file at home when KUBECONFIG is empty', () => {
    mkdirSync(join(folder, '.kube'));
    const text = { ...KUBECONFIG_CASES[0]?.files }.work ?? '';
    writeFileSync(join(folder, '.kube', 'config'), text);

    const config = loadKubeConfig({ env: { HOME: folder, KUBECONFIG: '' } });

    expect(config.getCurrentContext()).toBe('work');
  });

  it('says where it looked when there is no kubeconfig', () => {
    const read = () => loadKubeConfig({ env: { HOME: folder } });

    expect(read).toThrow(`looked at ${folder}/.kube/config`);
  });

  it('names the file that cannot be read', () => {
    writeFileSync(join(folder, 'a'), 'current-context: [');

    const read = () => loadKubeConfig({ env: { KUBECONFIG: join(folder, 'a') } });

    expect(read).toThrow(`The kubeconfig cannot be read: it is not the YAML of one. (${folder}/a)`);
  });

  it('begins paths at the folder of the file that has them', () => {
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: './token' };
    const files = { 'client-certificate': 'c.pem', 'client-key': '/abs/k.pem' };

    const { cluster, user } = load({
      cluster: { 'certificate-authority': 'ca.pem' },
      user: { ...files, exec },
    });

    expect(cluster?.caFile).toBe(join(folder, 'ca.pem'));
    expect(user).toMatchObject({ certFile: join(folder, 'c.pem'), keyFile: '/abs/k.pem' });
    expect(user?.plugin?.command).toBe(join(folder, 'token'));
  });

  it('takes data before a file, and a file with a token before a token', () => {
    const data = { 'certificate-authority-data': 'eA==', 'certificate-authority': 'ca.pem' };

    const { cluster, user } = load({ cluster: data, user: { token: 't', tokenFile: 'f' } });

    expect(cluster).toMatchObject({ caData: 'eA==' });
    expect(cluster).not.toHaveProperty('caFile');
    expect(user).toMatchObject({ tokenFile: join(folder, 'f') });
    expect(user).not.toHaveProperty('token');
  });

  it('acts for whom the kubeconfig names, and the command line before it', () => {
    const user = { as: 'ann', 'as-uid': '7', 'as-groups': ['a'], 'as-user-extra': { why: ['x'] } };

    const own = load({ user });
    const given = load({ user }, { impersonation: { user: 'bob', groups: ['b', 'c'] } });

    expect(own.user?.impersonation).toEqual({
      'Impersonate-User': 'ann',
      'Impersonate-Uid': '7',
      'Impersonate-Group': ['a'],
      'Impersonate-Extra-why': ['x'],
    });
    expect(given.user?.impersonation).toMatchObject({
      'Impersonate-User': 'bob',
      'Impersonate-Group': ['b', 'c'],
    });
  });

  it('refuses groups without a user', () => {
    expect(() => load({}, { impersonation: { groups: ['b'] } })).toThrow('add --as to --as-group');
  });

  it('takes the proxy of the cluster, else that of the environment', () => {
    const env = { HTTPS_PROXY: 'http://outer:3128' };

    const own = load({ cluster: { 'proxy-url': 'http://inner:1' } }, { env });
    const usual = load({}, { env });
    const none = load({}, { env: { ...env, NO_PROXY: '10.0.0.0/8' } });

    expect(own.cluster?.proxyUrl).toBe('http://inner:1');
    expect(usual.cluster?.proxyUrl).toBe('http://outer:3128');
    expect(none.cluster?.proxyUrl).toBe(undefined);
  });
});
