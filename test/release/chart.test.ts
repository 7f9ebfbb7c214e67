import { describe, expect, it } from 'vitest';
import { runOrThrow } from '#test/support/servers/run-command.ts';
import { byName, CHART, EVERYTHING, helm, NAMESPACE, parseManifests } from './chart.ts';

const template = (...args: readonly string[]) =>
  helm(['template', 'nodeeni', CHART, `--namespace=${NAMESPACE}`, ...args]);

const printed = (...args: readonly string[]): Promise<string> =>
  runOrThrow('bin/nodeeni.js', ['manifests', ...args]);

/** A release is installed into a namespace, so the chart makes none. */
const withoutNamespace = (text: string) =>
  parseManifests(text).filter(({ kind }) => kind !== 'Namespace');

/** The chart says also what selects no nodes and adds nothing. */
const withDefaults = (text: string): string =>
  text.replace(/^( +)tolerations:$/m, '$1nodeSelector: {}\n$1tolerations:');

describe('the chart', () => {
  it.each([[[]], [EVERYTHING]])('is clean to helm lint with %j', async (values) => {
    const { code, stdout } = await helm(['lint', '--strict', CHART, ...values]);

    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringContaining('1 chart(s) linted, 0 chart(s) failed'),
    });
  });

  it('brings what "nodeeni manifests" prints, by default', async () => {
    const { stdout } = await template();

    expect(byName(parseManifests(stdout))).toEqual(byName(withoutNamespace(await printed())));
  });

  it('brings what "nodeeni manifests" prints with an agent, a webhook and what watches over them', async () => {
    const { stdout } = await template(...EVERYTHING);

    const url = 'https://relay.example.com/secret';
    const text = await printed('--agent', '--monitoring', `--webhook-url=${url}`);
    expect(byName(parseManifests(stdout))).toEqual(byName(withoutNamespace(withDefaults(text))));
  });

  it('takes another group, image and namespaces of plugins', async () => {
    const { stdout } = await template(
      ...['--set=agent.enabled=true', '--set=group=team:nodeeni'],
      ...['--set=agent.image=example.com/node@sha256:00', '--set=agent.pluginNamespaces={one,two}'],
    );

    const text = await printed(
      ...['--agent', '--group=team:nodeeni', '--agent-image=example.com/node@sha256:00'],
      ...['--plugin-namespace', 'one', 'two'],
    );
    expect(byName(parseManifests(stdout))).toEqual(byName(withoutNamespace(withDefaults(text))));
  });

  it('lives in the namespace of its release', async () => {
    const { stdout } = await helm(['template', 'n', CHART, '--namespace=other', ...EVERYTHING]);

    expect(stdout).not.toContain('nodeeni-system');
    expect(stdout).toContain('system:serviceaccount:other:nodeeni-agent');
  });

  it('gives the agent the type that Bottlerocket asks for', async () => {
    const { stdout } = await template('--set=agent.enabled=true,agent.bottlerocket=true');

    const text = await printed('--agent', '--bottlerocket');
    expect(byName(parseManifests(stdout))).toEqual(byName(withoutNamespace(withDefaults(text))));
  });

  it('fits the agent to nodes', async () => {
    const { stdout } = await template(
      ...['--set=agent.enabled=true', '--set=agent.nodeSelector.ng=multi-eni'],
      ...['--set-json=agent.tolerations=[]', '--set-json=agent.resources={}'],
      '--set-json=agent.env=[{"name":"NODEENI_LOG_LEVEL","value":"debug"}]',
    );

    const { spec } = byName(parseManifests(stdout))[
      `DaemonSet ${NAMESPACE}/nodeeni-agent`
    ] as unknown as {
      readonly spec: {
        readonly template: { readonly spec: { readonly containers: readonly object[] } };
      };
    };
    expect(spec.template.spec).toMatchObject({
      nodeSelector: { ng: 'multi-eni' },
      tolerations: [],
    });
    expect(spec.template.spec.containers[0]).toMatchObject({
      resources: {},
      env: expect.arrayContaining([
        expect.objectContaining({ name: 'NODEENI_NODE_NAME' }),
        { name: 'NODEENI_LOG_LEVEL', value: 'debug' },
      ]),
    });
  });

  it.each([
    ['a group of Kubernetes itself', '--set=group=system:masters'],
    ['a group that ends its CEL text', '--set=group=a" in [""] || "a'],
    ['a webhook without TLS', '--set=webhook.url=http://relay/secret'],
    ['a webhook without its secret', '--set=webhook.url=https://relay.example.com/'],
    ['a runbook with an anchor of its own', '--set=monitoring.runbookUrl=https://wiki/#a'],
    ['a value that it does not know', '--set=agents.enabled=true'],
    ['no namespace of plugins', '--set-json=agent.pluginNamespaces=[]'],
  ])('refuses %s', async (_, value) => {
    const { code, stderr } = await template(value);

    expect(code).toBe(1);
    expect(stderr).toContain("values don't meet the specifications of the schema");
  });
});
