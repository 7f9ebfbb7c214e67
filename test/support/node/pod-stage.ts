import { readdirSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { inject } from 'vitest';
import { parse } from 'yaml';
import type { KubeClient } from '#test/e2e/kube-client.ts';
import { eventually } from '#test/e2e/outcomes.ts';
import { ensureCniBinaries } from '#test/support/servers/cni-binaries.ts';
import type { AgentProcess } from './agent-process.ts';
import type { Stage } from './open-stage.ts';
import { createPodRuntime, defineNetwork, type PodRuntime } from './pods.ts';
import { createStage } from './stage.ts';

const DEFINITION = new URL('../../fixtures/network-attachment-definition.yaml', import.meta.url);
const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/** Has the API server know networks of pods. */
export const installNetworkKind = async (client: KubeClient): Promise<void> => {
  await client.call('POST', CRDS, parse(readFileSync(DEFINITION, 'utf8')));
  const path = '/apis/k8s.cni.cncf.io/v1/network-attachment-definitions';
  await eventually(async () => {
    const { status } = await client.call('GET', path);
    if (status !== 200) throw new Error(`GET ${path}: ${status}`);
  });
};

/** A host on which pods can be started. */
export type PodStage = Omit<Stage, 'startAgent'> & {
  readonly runtime: PodRuntime;
  readonly startAgent: (...options: readonly string[]) => AgentProcess;
  /** The text of a file of Multus' folder. */
  readonly file: (name: string) => string;
  readonly files: () => readonly string[];
  /** The addresses that pods of a network have, as host-local notes them. */
  readonly reserved: (network: string) => readonly string[];
};

const namesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};

/** A host with Multus and the plugins, and a definition of the network `data` that has nothing but this name. */
export const createPodStage = async (): Promise<PodStage> => {
  const binaries = await ensureCniBinaries();
  const stage = await createStage();
  const server = inject('apiServer');
  if (server === undefined) throw new Error('There is no API server.');
  const { host, client, relay } = stage;
  await installNetworkKind(client);
  await defineNetwork(client, 'data');
  const runtime = await createPodRuntime({
    ...{ host, binaries, client },
    server: { ...server, url: relay.url },
  });
  const { networks, addresses } = runtime.folders;
  return {
    ...stage,
    runtime,
    startAgent: (...options) =>
      stage.startAgent(['--instance-id', stage.instanceId, ...runtime.options, ...options]),
    file: (name) => readFileSync(join(networks, name), 'utf8'),
    files: () => namesIn(networks),
    reserved: (network) => namesIn(join(addresses, network)).filter((name) => isIP(name) !== 0),
  };
};
