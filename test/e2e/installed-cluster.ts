import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { parseAllDocuments, stringify } from 'yaml';
import { type KubeApiserver, startKubeApiserver } from '#test/support/servers/kube-apiserver.ts';
import { runCommand } from '#test/support/servers/run-command.ts';
import { eksToken } from './eks.ts';
import { createKubeClient, type KubeClient, NODES_PATH } from './kube-client.ts';
import { eventually } from './outcomes.ts';
import { startWebhookListener, type WebhookListener } from './webhook-listener.ts';

const NODEENI = fileURLToPath(new URL('../../bin/nodeeni.js', import.meta.url));

/** A cluster with all that `nodeeni manifests` prints, and with a listener where the relay would be. */
export type InstalledCluster = {
  readonly kube: KubeApiserver;
  readonly admin: KubeClient;
  /** A member of the functions' group. */
  readonly functions: KubeClient;
  readonly webhook: WebhookListener;
  readonly stop: () => Promise<void>;
};

/** `nodeeni manifests` as a person runs it. */
export const printManifests = async (...args: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await runCommand(NODEENI, ['manifests', ...args]);
  if (code !== 0) throw new Error(stderr);
  return stdout;
};

export const applyStrictly = ({ kubectl }: Pick<KubeApiserver, 'kubectl'>, text: string) =>
  kubectl(['apply', '--validate=strict', '--filename', '-'], text);

/** A Node as a kubelet registers it. */
export const nodeNamed = (name: string, instanceId: string) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: { ng: 'multi-eni' } },
  spec: { providerID: `aws:///us-east-1a/${instanceId}` },
});

export const nodeEniNamed = (name: string, spec: object = {}) => ({
  apiVersion: 'networking.k8s.aws/v1alpha1',
  kind: 'NodeENI',
  metadata: { name },
  spec: {
    nodeSelector: { ng: 'multi-eni' },
    subnetID: 'subnet-1',
    securityGroupIDs: ['sg-1'],
    ...spec,
  },
});

/** Waits for the answer of a call and holds it to a status. */
export const expectStatus = async (
  call: ReturnType<KubeClient['call']>,
  expected: number,
): Promise<void> => {
  const { status, body } = await call;
  expect({ status, body }).toMatchObject({ status: expected });
};

/** The listener's certificate is signed by nobody a cluster knows. */
export const withAuthority = (text: string, caBundle: string): string =>
  parseAllDocuments(text)
    .map((document) => document.toJS())
    .map((object) => {
      for (const { clientConfig } of object.webhooks ?? []) clientConfig.caBundle = caBundle;
      return stringify(object);
    })
    .join('---\n');

/** The API server takes a moment to use a new webhook and a new policy. */
const untilInForce = async ({ admin, functions, webhook }: InstalledCluster): Promise<void> => {
  const path = `${NODES_PATH}/first`;
  let beat = 0;
  await admin.call('POST', NODES_PATH, nodeNamed('first', 'i-00000000000000000'));
  await eventually(async () => {
    beat += 1;
    const change = { metadata: { labels: { beat: `${beat}` } } };
    await expectStatus(functions.call('PATCH', path, change), 422);
    await admin.call('PATCH', path, change);
    expect(webhook.take()).not.toEqual([]);
  });
  await admin.call('DELETE', path);
};

/** Starts a cluster, installs into it as a person does, and waits until what was installed is in force. */
export const startInstalledCluster = async (): Promise<InstalledCluster> => {
  const token = await eksToken();
  const user = { name: 'functions', groups: ['nodeeni:functions'], token };
  const kube = await startKubeApiserver({ users: [user] });
  const admin = createKubeClient(kube);
  const functions = createKubeClient({ ...kube, adminToken: token });
  const webhook = await startWebhookListener(kube);
  const stop = async (): Promise<void> => {
    admin.close();
    functions.close();
    webhook.stop();
    await kube.stop();
  };
  const cluster = { kube, admin, functions, webhook, stop };
  try {
    const printed = await printManifests(`--webhook-url=${webhook.url}`);
    const { code, stderr } = await applyStrictly(kube, withAuthority(printed, webhook.caBundle));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    await kube.kubectl(['wait', '--for=condition=Established', '--timeout=30s', 'crd', '--all']);
    await untilInForce(cluster);
    return cluster;
  } catch (error) {
    await stop();
    throw error;
  }
};
