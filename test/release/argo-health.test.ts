import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { KubernetesObject } from '#providers/kubernetes/kubernetes-api.ts';
import { NODE_ENI_STATES, NODE_ENIS } from '#providers/kubernetes/resources.ts';
import { createScenario, type Scenario } from '#test/support/scenario.ts';
import { runOrThrow } from '#test/support/servers/run-command.ts';
import { ensureTool } from './tools.ts';

/** The scripts as the guide has people write them. */
const [, configMap = ''] =
  /```yaml\n(apiVersion: v1\nkind: ConfigMap[\s\S]*?)```/.exec(
    readFileSync('docs/guides/gitops.md', 'utf8'),
  ) ?? [];
const { data } = parse(configMap) as { readonly data: Readonly<Record<string, string>> };

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nodeeni-lua-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** JSON as a Lua value. */
const asLua = (value: unknown): string => {
  if (Array.isArray(value)) return `{${value.map(asLua).join(', ')}}`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const fields = Object.entries(value).map(
    ([key, each]) => `[${JSON.stringify(key)}] = ${asLua(each)}`,
  );
  return `{${fields.join(', ')}}`;
};

/** What Argo CD would show, by its own interpreter. */
const healthOf = async (kind: string, object: unknown): Promise<string> => {
  const script = data[`resource.customizations.health.networking.k8s.aws_${kind}`];
  const file = join(folder, `${Math.random()}.lua`);
  writeFileSync(
    file,
    `obj = ${asLua(object)}\nlocal health = (function()\n${script}\nend)()\nprint(health.status)\nprint(health.message)\n`,
  );
  const printed = await runOrThrow(await ensureTool('glua'), [file]);
  return printed.split('\n')[0] ?? '';
};

/** A node and a NodeENI, and EC2 refuses what is named. */
const start = async (refused?: string): Promise<Scenario> => {
  const scenario = createScenario({
    ec2: {
      onCall: (action) => (action === refused ? { code: 'UnauthorizedOperation' } : undefined),
    },
  });
  await scenario.addNode();
  await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
  return scenario;
};

interface Recorded {
  readonly nodeEni: KubernetesObject;
  readonly state: KubernetesObject | undefined;
}

const recorded = async ({ kubernetes }: Scenario): Promise<Recorded> => ({
  nodeEni: await kubernetes.get(NODE_ENIS, 'data'),
  state: (await kubernetes.list(NODE_ENI_STATES)).items[0],
});

/** What stood in the API server at seven moments of the product's life, and how Argo CD shows it. */
const MOMENTS: readonly {
  readonly title: string;
  readonly play: () => Promise<Recorded>;
  readonly nodeEni: string;
  readonly state: string;
}[] = [
  {
    title: 'just applied',
    play: async () => recorded(await start()),
    nodeEni: 'Progressing',
    state: 'Progressing',
  },
  {
    title: 'attached',
    play: async () => {
      const scenario = await start();
      await scenario.pass(60);
      return recorded(scenario);
    },
    nodeEni: 'Healthy',
    state: 'Healthy',
  },
  {
    title: 'refused',
    play: async () => {
      const scenario = await start('CreateNetworkInterface');
      await scenario.pass(60);
      return recorded(scenario);
    },
    nodeEni: 'Degraded',
    state: 'Degraded',
  },
  {
    title: 'edited and not yet reconciled',
    play: async () => {
      const scenario = await start();
      await scenario.pass(60);
      await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a, mtu: 9001 });
      return recorded(scenario);
    },
    nodeEni: 'Progressing',
    state: 'Healthy',
  },
  {
    title: 'paused',
    play: async () => {
      const scenario = await start();
      await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a, paused: true });
      await scenario.pass(60);
      return recorded(scenario);
    },
    nodeEni: 'Suspended',
    state: 'Progressing',
  },
  {
    title: 'without a node that it matches',
    play: async () => {
      const scenario = createScenario();
      await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
      await scenario.pass(60);
      return recorded(scenario);
    },
    nodeEni: 'Suspended',
    state: 'Progressing',
  },
  {
    title: 'a deletion that is refused',
    play: async () => {
      const scenario = await start('DetachNetworkInterface');
      await scenario.pass(60);
      await scenario.deleteNodeEni('data');
      await scenario.pass(120);
      return recorded(scenario);
    },
    nodeEni: 'Degraded',
    state: 'Progressing',
  },
];

describe("Argo CD's health of both kinds", () => {
  it.each(MOMENTS)('is told rightly: $title', async ({ play, nodeEni, state }) => {
    const objects = await play();

    expect({
      nodeEni: await healthOf('NodeENI', objects.nodeEni),
      state: await healthOf('NodeENIState', objects.state ?? {}),
    }).toEqual({ nodeEni, state });
  });
});
