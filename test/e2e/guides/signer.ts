import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runOrThrow } from '#test/support/servers/run-command.ts';
import type { KubeClient } from '../kube-client.ts';

const REQUESTS_PATH = '/apis/certificates.k8s.io/v1/certificatesigningrequests';

/** An authority for client certificates, in a folder. Out: the file that an API server believes. */
export const createAuthority = async (folder: string): Promise<string> => {
  await runOrThrow('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=authority'],
    ...['-keyout', join(folder, 'ca.key'), '-out', join(folder, 'ca.crt')],
  ]);
  return join(folder, 'ca.crt');
};

interface Request {
  readonly spec: { readonly request: string };
  readonly status?: { readonly conditions?: readonly { readonly type: string }[] };
}

/** What kube-controller-manager does with a request that was approved, of which there is none here. */
export const signApproved = async (
  client: KubeClient,
  folder: string,
  name: string,
): Promise<void> => {
  const { body } = await client.call('GET', `${REQUESTS_PATH}/${name}`);
  const { spec, status } = body as Request;
  if (!status?.conditions?.some(({ type }) => type === 'Approved')) return;
  const file = join(folder, 'request.csr');
  await writeFile(file, Buffer.from(spec.request, 'base64'));
  const certificate = await runOrThrow('openssl', [
    ...['x509', '-req', '-in', file, '-days', '1', '-copy_extensions', 'copy'],
    ...['-CA', join(folder, 'ca.crt'), '-CAkey', join(folder, 'ca.key')],
  ]);
  await client.call('PATCH', `${REQUESTS_PATH}/${name}/status`, {
    status: { certificate: Buffer.from(certificate).toString('base64') },
  });
};
