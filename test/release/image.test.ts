import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { AGENT_IMAGE, agentDaemonSet } from '#core/manifests/agent-daemon-set.ts';

const lines = readFileSync('node-agent/Dockerfile', 'utf8').split('\n');

const setOf = (instruction: string): string =>
  lines.find((line) => line.startsWith(`${instruction} `))?.slice(instruction.length + 1) ?? '';

interface Pod {
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly [Container] } };
  };
}

interface Container {
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly securityContext: object;
}

const daemonSet = agentDaemonSet({ bundle: '', image: AGENT_IMAGE, pluginNamespaces: [] }).find(
  ({ kind }) => kind === 'DaemonSet',
) as unknown as Pod;
const [container] = daemonSet.spec.template.spec.containers;

describe('the image of the agent', () => {
  it('is made from the image of the DaemonSet, by one digest', () => {
    const from = lines.filter((line) => line.startsWith('FROM '));

    expect(from).toEqual([expect.stringMatching(/@sha256:[0-9a-f]{64}$/)]);
    expect(from[0]?.split('@')[0]).toBe(`FROM ${AGENT_IMAGE}`);
  });

  it('runs the agent as the DaemonSet does', () => {
    const [bundle, ...command] = container.args.slice(0, 3);

    expect(JSON.parse(setOf('ENTRYPOINT'))).toEqual([...container.command, bundle]);
    expect(JSON.parse(setOf('CMD'))).toEqual(command);
    for (const { name, value } of container.env.filter((variable) => variable.value !== undefined))
      expect(setOf('ENV')).toContain(`${name}=${value}`);
  });

  it('is nobody with rights unless a pod says so, and never writes its own files', () => {
    expect(setOf('USER')).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    expect(container.securityContext).toMatchObject({ runAsUser: 0, readOnlyRootFilesystem: true });
  });
});
