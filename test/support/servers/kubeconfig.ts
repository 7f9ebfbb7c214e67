import { writeFile } from 'node:fs/promises';

export type KubeUser = {
  readonly name: string;
  readonly groups: readonly string[];
  readonly token: string;
};

export type KubeconfigParts = {
  readonly url: string;
  readonly caFile: string;
  readonly user: KubeUser;
};

/**
 * Writes what kubectl and the clients read to reach the server as one user. JSON is YAML too, so
 * no YAML writer is needed. Only its owner may read it: kubectl warns of tokens others can see.
 */
export const writeKubeconfig = (
  file: string,
  { url, caFile, user }: KubeconfigParts,
): Promise<void> => {
  const name = 'e2e';
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [{ name, cluster: { server: url, 'certificate-authority': caFile } }],
    users: [{ name: user.name, user: { token: user.token } }],
    contexts: [{ name, context: { cluster: name, user: user.name } }],
  };
  return writeFile(file, JSON.stringify(config, undefined, 2), { mode: 0o600 });
};

/** The server's token file: one line a user, its groups as one quoted field. */
export const tokenFileOf = (users: readonly KubeUser[]): string =>
  users
    .map(({ token, name, groups }, index) => `${token},${name},${index},"${groups.join(',')}"\n`)
    .join('');
