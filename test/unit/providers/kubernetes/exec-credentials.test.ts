import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createExecCredentials, type ExecPlugin } from '#providers/kubernetes/exec-credentials.ts';

const API_VERSION = 'client.authentication.k8s.io/v1beta1';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nodeeni-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

const pluginFor = (script: string, more: Partial<ExecPlugin> = {}): ExecPlugin => {
  const command = join(folder, 'plugin');
  writeFileSync(command, `#!/bin/sh\n${script}\n`);
  chmodSync(command, 0o755);
  const usual = { apiVersion: API_VERSION, args: [], env: {}, interactiveMode: 'IfAvailable' };
  return { ...usual, command, ...more } as ExecPlugin;
};

const answering = (status: object): string =>
  `echo run >> ${folder}/runs; echo '${JSON.stringify({ apiVersion: API_VERSION, status })}'`;

const runs = (): number => readFileSync(join(folder, 'runs'), 'utf8').trim().split('\n').length;

const ask = (plugin: ExecPlugin) => createExecCredentials(plugin, false)();

describe('createExecCredentials', () => {
  it('gives what the program prints, and runs it once for many who ask', async () => {
    const credentials = createExecCredentials(pluginFor(answering({ token: 't' })), false);

    const answers = await Promise.all([credentials(), credentials()]);
    await credentials();

    expect(answers).toEqual([{ token: 't' }, { token: 't' }]);
    expect(runs()).toBe(1);
  });

  it('runs the program again when what it gave has expired', async () => {
    const status = { token: 't', expirationTimestamp: '2020-01-01T00:00:00Z' };
    const credentials = createExecCredentials(pluginFor(answering(status)), false);

    await credentials();
    await credentials();

    expect(runs()).toBe(2);
  });

  it('tells the program what it was told of the cluster, and its environment', async () => {
    const script = `printf '{"apiVersion":"${API_VERSION}","status":{"token":"%s"}}' "$A $(echo $KUBERNETES_EXEC_INFO | tr -d '"')"`;
    const cluster = { server: 'https://c' };

    const { token } = await ask(pluginFor(script, { env: { A: 'a' }, cluster }));

    expect(token).toBe(
      `a {kind:ExecCredential,apiVersion:${API_VERSION},spec:{cluster:{server:https://c},interactive:false}}`,
    );
  });

  it('says what the program said when it fails', async () => {
    const plugin = pluginFor(
      'echo "The SSO session has expired.\nRun: aws sso login" >&2; exit 255',
    );

    await expect(ask(plugin)).rejects.toThrow(
      `The kubeconfig cannot be used: ${plugin.command} ended with 255. It said: The SSO session has expired. Run: aws sso login`,
    );
  });

  it('says how to install a program that is missing', async () => {
    const plugin = pluginFor('', { command: 'no-such-program', installHint: 'Get it from X.' });

    await expect(ask(plugin)).rejects.toThrow('no-such-program ENOENT. Get it from X.');
  });

  it.each([
    ['no JSON', 'echo hello', 'printed no ExecCredential'],
    ['nothing', 'true', 'printed no ExecCredential'],
    ['another version', `echo '{"apiVersion":"v0","status":{}}'`, 'answered in v0'],
    ['no token', `echo '{"apiVersion":"${API_VERSION}","status":{}}'`, 'neither a token nor'],
  ])('refuses a program that prints %s', async (_what, script, why) => {
    await expect(ask(pluginFor(script))).rejects.toThrow(why);
  });

  it('runs nothing that asks where nobody can answer, nor in a version that is gone', async () => {
    const asking = pluginFor('', { interactiveMode: 'Always' });
    const old = pluginFor('', { apiVersion: 'client.authentication.k8s.io/v1alpha1' });

    await expect(ask(asking)).rejects.toThrow('the standard input is no terminal');
    await expect(ask(old)).rejects.toThrow('aws eks update-kubeconfig');
  });

  it('does not remember a failure', async () => {
    const script = `if [ -e ${folder}/mended ]; then ${answering({ token: 't' })}; else exit 1; fi`;
    const credentials = createExecCredentials(pluginFor(script), false);
    await expect(credentials()).rejects.toThrow('ended with 1.');
    writeFileSync(join(folder, 'mended'), '');

    expect(await credentials()).toEqual({ token: 't' });
  });
});
