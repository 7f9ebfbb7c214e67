import { readFileSync } from 'node:fs';
import type { Synthesis } from '#test/support/infra/synthesis.ts';
import type { KubeApiserver } from '#test/support/servers/kube-apiserver.ts';
import type { KubeUser } from '#test/support/servers/kubeconfig.ts';
import type { RelayDoor } from './relay-door.ts';

interface WebhookObject {
  readonly kind: string;
  readonly webhooks?: readonly { readonly clientConfig: { readonly url: string } }[];
}

/** The webhook with the door in place of the host that is nowhere; the secret path stays. */
const throughDoor = (object: WebhookObject, { url, caBundle }: RelayDoor): object => {
  if (object.webhooks === undefined) return object;
  const webhooks = object.webhooks.map((webhook) => {
    const { pathname } = new URL(webhook.clientConfig.url);
    return { ...webhook, clientConfig: { url: url + pathname, caBundle } };
  });
  return { ...object, webhooks };
};

/** Applies what the deploy would: definitions, rights, the policy on nodes and the webhook. */
export const applyObjects = async (
  { kubectl }: Pick<KubeApiserver, 'kubectl'>,
  { resources }: Synthesis,
  door: RelayDoor,
): Promise<void> => {
  const items = resources
    .filter(({ type }) => type.startsWith('kubernetes:'))
    .map(({ inputs }) => throughDoor(inputs as unknown as WebhookObject, door));
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  const apply = ['apply', '--validate=strict', '--filename', '-'];
  const wait = ['wait', '--for=condition=Established', '--timeout=30s', 'crd', '--all'];
  for (const args of [apply, wait]) {
    const { code, stderr } = await kubectl(args, list);
    if (code !== 0) throw new Error(`kubectl ${args[0]} failed: ${stderr}`);
  }
};

/** A kubeconfig that needs no other file, as it is stored in a parameter. */
export const selfContainedKubeconfig = (
  { url, caFile }: Pick<KubeApiserver, 'url' | 'caFile'>,
  { name, token }: KubeUser,
): string => {
  const authority = readFileSync(caFile).toString('base64');
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [{ name, cluster: { server: url, 'certificate-authority-data': authority } }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  });
};
