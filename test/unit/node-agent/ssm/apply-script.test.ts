import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { desiredDocument } from '#core/controllers/instance-interfaces/host-commands/desired.ts';
import { ssmDocument } from '#core/manifests/ssm-document.ts';
import { SLOT, slotSpec } from '../builders.ts';
import { startApiServer } from '../fake-api-server.ts';
import { BOOT_ID, createOneLinkHost, PCI } from '../one-link-host.ts';

const fromHere = (path: string): string => new URL(path, import.meta.url).pathname;
const SCRIPT = readFileSync(fromHere('../../../../node-agent/ssm/apply.sh'), 'utf8');

/** Stands for the agent in one file: the very program, from its sources. */
const BUNDLE = `import ${JSON.stringify(fromHere('../../../../node-agent/main.ts'))};\n`;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const { NODE_COMPILE_CACHE } = process.env;

interface Document {
  readonly parameters: Readonly<Record<string, { readonly allowedPattern: string }>>;
  readonly mainSteps: readonly { readonly inputs: { readonly runCommand: readonly string[] } }[];
}

/** The document as Systems Manager hands it to a shell: parameters checked, then put in as they are. */
const renderScript = (digest: string, parameters: Readonly<Record<string, string>>): string => {
  const { parameters: declared, mainSteps } = ssmDocument(SCRIPT, digest) as Document;
  const text = mainSteps.flatMap(({ inputs }) => inputs.runCommand).join('\n');
  return Object.entries(declared).reduce((script, [name, { allowedPattern }]) => {
    const value = parameters[name] ?? '';
    if (!new RegExp(allowedPattern).test(value)) throw new Error(`InvalidParameters: ${name}`);
    return script.replaceAll(`{{ ${name} }}`, () => value);
  }, text);
};

interface HostOptions {
  /** What is behind the link. */
  readonly served?: string;
  /** The program that the document is for. */
  readonly bundle?: string;
  readonly node?: string;
}

const setUp = async ({
  bundle = BUNDLE,
  served = bundle,
  node = process.execPath,
}: HostOptions = {}) => {
  const { tree, paths } = createOneLinkHost();
  const settings = paths.flatMap((option, index) =>
    option.startsWith('--')
      ? [`NODEENI_${option.slice(2).toUpperCase().replaceAll('-', '_')}='${paths[index + 1]}'`]
      : [],
  );
  tree.file('etc/nodeeni/agent.env', [`NODEENI_NODE='${node}'`, ...settings, ''].join('\n'));
  const { requests, url } = await startApiServer((_, response) => response.end(served));
  const digest = sha256(bundle);

  const run = (desired: string, path = '/bin:/usr/bin') =>
    new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
      const script = renderScript(digest, {
        desired: Buffer.from(desired).toString('base64'),
        bundleUrl: `${url}/agent.mjs?X-Amz-Signature=0a&X-Amz-Credential=AKIA%2F2026`,
      });
      tree.file('script.sh', script);
      chmodSync(tree.path('script.sh'), 0o700);
      execFile(
        '/bin/sh',
        ['-c', tree.path('script.sh')],
        { env: { PATH: path, NODEENI_HOST_ROOT: tree.root, NODE_COMPILE_CACHE } },
        (error, stdout, stderr) => resolve({ code: error?.code ?? 0, stdout, stderr }),
      );
    });
  const cached = tree.path('var/lib/nodeeni', `agent-${digest}.mjs`);
  return { tree, run, requests, cached };
};

const resultOf = (stdout: string) =>
  JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Record<string, unknown>;

const desiredOf = (changes: Parameters<typeof slotSpec>[0] = {}) =>
  desiredDocument({ [SLOT]: slotSpec(changes) });

describe('the script of the document', () => {
  it('fetches the agent, brings the host to the desired state, and ends with 0', async () => {
    const { tree, run, requests, cached } = await setUp();

    const { code, stdout } = await run(desiredOf());

    expect(code).toBe(0);
    expect(resultOf(stdout)).toMatchObject({
      converged: true,
      host: { [SLOT]: { configured: true, mtu: 9001, interfaceName: 'ens6', pciAddress: PCI } },
    });
    expect(readFileSync(tree.path('bin/mtu'), 'utf8')).toBe('9001');
    expect(requests).toHaveLength(1);
    expect(statSync(cached).isFile()).toBe(true);
  });

  it('writes its result as one line', async () => {
    const { run } = await setUp();

    const { stdout } = await run(desiredOf());

    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(Object.keys(resultOf(stdout))).toEqual(['converged', 'bootId', 'host']);
    expect(resultOf(stdout)).toMatchObject({ bootId: BOOT_ID });
  });

  it('fetches nothing when the agent is there already', async () => {
    const { run, requests } = await setUp();

    await run(desiredOf());
    const { code } = await run(desiredOf());

    expect(code).toBe(0);
    expect(requests).toHaveLength(1);
  });

  it('fetches the agent again when somebody changed it', async () => {
    const { tree, run, requests } = await setUp();
    tree.file(`var/lib/nodeeni/agent-${sha256(BUNDLE)}.mjs`, 'process.exit(0)\n');

    const { code, stdout } = await run(desiredOf());

    expect(code).toBe(0);
    expect(resultOf(stdout)).toMatchObject({ converged: true });
    expect(requests).toHaveLength(1);
  });

  it('keeps no agent of earlier versions', async () => {
    const { tree, run, cached } = await setUp();
    tree.file('var/lib/nodeeni/agent-0a1b.mjs', 'earlier');

    await run(desiredOf());

    expect(existsSync(tree.path('var/lib/nodeeni/agent-0a1b.mjs'))).toBe(false);
    expect(existsSync(cached)).toBe(true);
  });

  it('runs nothing but the agent that the document is for', async () => {
    const { tree, run, cached } = await setUp({ served: 'process.exit(0)\n' });

    const { code, stdout } = await run(desiredOf());

    expect(code).toBe(1);
    expect(resultOf(stdout)).toEqual({
      converged: false,
      error: expect.stringContaining('not the one this document is for'),
    });
    expect(existsSync(cached)).toBe(false);
    expect(readFileSync(tree.path('bin/mtu'), 'utf8')).toBe('1500');
  });

  it('ends with 1, and says why, when the host cannot be as asked', async () => {
    const { run } = await setUp();

    const { code, stdout } = await run(desiredOf({ mtu: 9300 }));

    expect(code).toBe(1);
    expect(resultOf(stdout)).toMatchObject({
      converged: false,
      host: { [SLOT]: { configured: false, reason: 'MtuTooLarge' } },
    });
  });

  it('ends with 2 when what it is given is no desired state', async () => {
    const { run } = await setUp();

    const { code, stdout } = await run('{"spec":{"interfaces":{"a":{}}}}');

    expect(code).toBe(2);
    expect(resultOf(stdout)).toMatchObject({ converged: false, error: expect.any(String) });
  });

  it('says what to do when the host has no Node that is new enough', async () => {
    const { tree, run } = await setUp({ node: '/does/not/exist' });
    for (const tool of ['sha256sum', 'cut', 'mkdir', 'chmod', 'cat'])
      tree.link(`tools/${tool}`, `/usr/bin/${tool}`);

    const { code, stdout } = await run(desiredOf(), tree.path('tools'));

    expect(code).toBe(1);
    expect(resultOf(stdout)).toMatchObject({
      converged: false,
      error: expect.stringMatching(/Node 22\.3 or newer .* NODEENI_NODE/),
    });
  });

  it('keeps every row, and leaves out messages, where the result would be too long', async () => {
    const message = 'x'.repeat(290);
    const rows = Array.from({ length: 64 }, (_, index) => [
      `data/subnet-0123456789abcde${index}`,
      { eniId: `eni-0123456789abcde${index}`, generation: 1, configured: false, message },
    ]);
    const report = JSON.stringify({ converged: false, host: Object.fromEntries(rows) }, null, 2);
    const { run } = await setUp({ bundle: `console.log(${JSON.stringify(report)});\n` });

    const { stdout } = await run(desiredOf());

    expect(stdout.length).toBeLessThan(24_000);
    expect(Object.keys(resultOf(stdout).host as object)).toHaveLength(64);
  });
});

describe('the parameters of the document', () => {
  it.each([
    { name: 'desired', value: "e30='; reboot; '" },
    { name: 'desired', value: 'e30=$(reboot)' },
    { name: 'bundleUrl', value: "https://example.com/'; reboot; '" },
    { name: 'bundleUrl', value: 'https://example.com/$(reboot)' },
    { name: 'bundleUrl', value: 'file:///etc/shadow' },
  ])('$name does not take $value', ({ name, value }) => {
    const good = { desired: 'e30=', bundleUrl: 'https://example.com/agent.mjs' };

    expect(() => renderScript('', good)).not.toThrow();
    expect(() => renderScript('', { ...good, [name]: value })).toThrow('InvalidParameters');
  });
});
