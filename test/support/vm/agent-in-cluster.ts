import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { applyStrictly, expectStatus, printManifests } from '#test/e2e/installed-cluster.ts';
import type { Stage } from '#test/e2e/stage.ts';
import { agentCommand, type GuestProgram, startProgram } from './guest-agent.ts';
import type { Machine } from './machine.ts';
import { HOST_SEEN_BY_GUEST } from './qemu.ts';

const NAMESPACE_PATH = '/api/v1/namespaces/nodeeni-system';
const PORT = 6443;

/** What `nodeeni manifests --agent` gives the agent, as a person installs it: its account, its rights and their limits. */
export const installAgentRights = async (stage: Stage): Promise<void> => {
  const { code, stderr } = await applyStrictly(stage, await printManifests('--agent'));
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
};

/** A token as the kubelet of the node gets it for the agent's pod there: it is good for that node only. */
const tokenOn = async ({ client }: Stage, nodeName: string): Promise<string> => {
  const pod = {
    metadata: { name: `agent-on-${nodeName}` },
    spec: {
      nodeName,
      serviceAccountName: 'nodeeni-agent',
      containers: [{ name: 'main', image: 'example.com/none' }],
    },
  };
  await expectStatus(client.call('POST', `${NAMESPACE_PATH}/pods`, pod), 201);
  const { body } = await client.call(
    'POST',
    `${NAMESPACE_PATH}/serviceaccounts/nodeeni-agent/token`,
    {
      spec: {
        audiences: [],
        boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: pod.metadata.name },
      },
    },
  );
  return (body as { readonly status: { readonly token: string } }).status.token;
};

/**
 * Starts the built agent in the guest with the rights it has in a cluster. The API server's certificate is good for
 * 127.0.0.1, so the guest's own port of it leads there, and what is on the wire stays TLS.
 */
export const startAgentInCluster = async (
  machine: Machine,
  stage: Stage,
  nodeName: string,
): Promise<GuestProgram> => {
  await writeFile(join(machine.exchange, 'token'), await tokenOn(stage, nodeName));
  await copyFile(stage.caFile, join(machine.exchange, 'authority.crt'));
  const { port } = new URL(stage.url);
  await startProgram(
    machine,
    `busybox nc -ll -p ${PORT} -e busybox nc ${HOST_SEEN_BY_GUEST} ${port}`,
  );
  const connection = `--server https://127.0.0.1:${PORT} --ca-file /exchange/authority.crt --token-file /exchange/token`;
  return startProgram(
    machine,
    agentCommand(`run ${connection} --node-name ${nodeName} --resync-seconds 600`),
  );
};
