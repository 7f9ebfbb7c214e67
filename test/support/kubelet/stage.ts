import { afterAll, beforeAll, beforeEach, expect, inject, onTestFailed } from 'vitest';
import type { HostStatus, SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import { applyStrictly } from '#test/e2e/installed-cluster.ts';
import { NODES_PATH, STATES_PATH } from '#test/e2e/kube-client.ts';
import { eventually } from '#test/e2e/outcomes.ts';
import { emptyState } from '#test/support/node/open-stage.ts';
import { type KubeletCluster, type NodesByName, startKubeletCluster } from './cluster.ts';

/** The first run on a machine builds the servers. */
const BUILD_MS = 20 * 60_000;

/** A cluster with nodes of its own, and what a test does with it. */
export interface KubeletStage extends KubeletCluster {
  /** Applies manifests as a person does. */
  readonly apply: (text: string) => Promise<void>;
  /** Writes what a node is asked for, as the functions do; slots that are not named stay. */
  readonly ask: (node: string, rows: Readonly<Record<string, SlotSpec>>) => Promise<void>;
  /** What the agent of a node says. */
  readonly reported: (node: string) => Promise<Readonly<Record<string, HostStatus>>>;
  /** Waits until the Node of each kubelet is Ready. */
  readonly untilNodesReady: () => Promise<void>;
  /** Restarts the kubelet of a node, and waits until the new one has reported its Node. In: what happens in between. */
  readonly restartKubelet: (node: string, meanwhile?: () => Promise<unknown>) => Promise<void>;
}

interface Condition {
  readonly type: string;
  readonly lastHeartbeatTime: string;
}

/** What a test does with a cluster. */
export const stageOn = (cluster: KubeletCluster): KubeletStage => {
  const { client, node } = cluster;
  const pathOf = (name: string): string => `${STATES_PATH}/${node(name).instanceId}`;
  const heartbeatOf = async (name: string): Promise<string | undefined> => {
    const { body } = await client.call('GET', `${NODES_PATH}/${name}`);
    const { status } = body as { readonly status: { readonly conditions?: readonly Condition[] } };
    return status.conditions?.find(({ type }) => type === 'Ready')?.lastHeartbeatTime;
  };
  return {
    ...cluster,
    async apply(text) {
      const { code, stderr } = await applyStrictly(cluster.server, text);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    },
    async ask(name, interfaces) {
      const { instanceId } = node(name);
      await client.call('POST', STATES_PATH, emptyState(instanceId));
      const change = { spec: { nodeName: name, interfaces } };
      expect(await client.call('PATCH', pathOf(name), change)).toMatchObject({ status: 200 });
    },
    async reported(name) {
      const { body } = await client.call('GET', pathOf(name));
      const { status } = body as {
        readonly status?: { readonly host?: Record<string, HostStatus> };
      };
      return status?.host ?? {};
    },
    untilNodesReady: () =>
      eventually(async () => {
        const args = ['get', 'nodes', '--no-headers', ...cluster.nodes.map(({ name }) => name)];
        const { stdout } = await cluster.server.kubectl(args);
        expect(stdout.match(/ Ready /g)).toHaveLength(cluster.nodes.length);
      }),
    async restartKubelet(name, meanwhile) {
      const before = await heartbeatOf(name);
      await node(name).restartKubelet(meanwhile);
      await eventually(async () =>
        expect([undefined, before]).not.toContain(await heartbeatOf(name)),
      );
    },
  };
};

/** One stage for all tests of the file; they are skipped where there can be none. */
export const useKubeletStage = <S extends KubeletStage>(open: () => Promise<S>): (() => S) => {
  let stage: S | undefined;
  beforeAll(async () => {
    if (inject('obstacle') === undefined) stage = await open();
  }, BUILD_MS);
  afterAll(() => stage?.stop());
  beforeEach(() => {
    onTestFailed(async () => {
      for (const node of stage?.nodes ?? [])
        process.stderr.write(`${node.name}:\n${await node.logs()}\n`);
    });
  });
  return () => {
    if (stage === undefined) throw new Error('There is no cluster.');
    return stage;
  };
};

/** One cluster for all tests of the file, with these nodes. */
export const useKubeletCluster = (nodes: NodesByName): (() => KubeletStage) =>
  useKubeletStage(async () => stageOn(await startKubeletCluster(nodes)));
