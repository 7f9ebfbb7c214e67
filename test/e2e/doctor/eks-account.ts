import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createTemporaryFolder } from '#test/support/servers/temporary-folder.ts';

/** What the services of the account say. */
export interface AccountWords {
  authenticationMode: string;
  egressMode: string;
  unreserved: number;
  /** Network interfaces in the region. */
  quota: number;
  /** When the last three sweeps ended well. */
  sweptMinutesAgo: readonly number[];
  /** What the organisation lets nobody do. */
  forbidden: readonly string[];
}

const HEALTHY: AccountWords = {
  authenticationMode: 'API_AND_CONFIG_MAP',
  egressMode: 'AWS_MANAGED',
  unreserved: 990,
  quota: 5000,
  sweptMinutesAgo: [12, 7, 2],
  forbidden: [],
};

interface Asked {
  readonly path: string;
  /** `X-Amz-Target`, of the services that speak JSON to one address. */
  readonly target: string;
  readonly body: string;
}

const ROLE = 'arn:aws:iam::123456789012:role/nodeeni-e2e-reconcile';

/** "SimulatePrincipalPolicy": what is not forbidden depends on tags that nobody has told. */
const simulated = (body: string, { forbidden }: AccountWords): string => {
  const actions = [...new URLSearchParams(body)].flatMap(([key, action]) =>
    key.startsWith('ActionNames.') ? [action] : [],
  );
  const members = actions.map(
    (action) =>
      `<member><EvalActionName>${action}</EvalActionName><EvalResourceName>*</EvalResourceName><EvalDecision>implicitDeny</EvalDecision><OrganizationsDecisionDetail><AllowedByOrganizations>${!forbidden.includes(action)}</AllowedByOrganizations></OrganizationsDecisionDetail></member>`,
  );
  return `<SimulatePrincipalPolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><SimulatePrincipalPolicyResult><IsTruncated>false</IsTruncated><EvaluationResults>${members.join('')}</EvaluationResults></SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>`;
};

/** What is answered by the path or the target of a call; undefined for one that is not known. */
const answerTo = (
  { path, target, body }: Asked,
  words: AccountWords,
): object | string | undefined => {
  const { authenticationMode, egressMode, unreserved, quota, sweptMinutesAgo } = words;
  if (body.includes('Action=SimulatePrincipalPolicy')) return simulated(body, words);
  if (target.endsWith('.GetServiceQuota')) return { Quota: { Value: quota } };
  if (target.endsWith('.GetMetricStatistics'))
    return {
      Datapoints: sweptMinutesAgo.map((minutes) => ({
        Timestamp: Math.round(Date.now() / 1000) - minutes * 60,
        SampleCount: 1,
      })),
    };
  if (/^\/clusters\/[\w-]+$/.test(path))
    return {
      cluster: {
        accessConfig: { authenticationMode },
        resourcesVpcConfig: { controlPlaneEgressMode: egressMode },
      },
    };
  if (/^\/clusters\/[\w-]+\/access-entries$/.test(path)) return { accessEntries: [ROLE] };
  if (/^\/clusters\/[\w-]+\/access-entries\/./.test(path))
    return { accessEntry: { kubernetesGroups: ['nodeeni:functions'] } };
  if (/^\/2016-08-19\/account-settings\/?$/.test(path))
    return {
      AccountLimit: { ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: unreserved },
    };
  return undefined;
};

type Kubeconfig = { readonly users: { readonly name: string; user: { readonly token: string } }[] };

/**
 * A kubeconfig as `aws eks update-kubeconfig` writes it: the same user, whose token a command tells. In: where the token is, and
 * the name of the cluster. Out: the file.
 */
const writeEksKubeconfig = (folder: string, kubeconfigFile: string, cluster: string): string => {
  const config = JSON.parse(readFileSync(kubeconfigFile, 'utf8')) as Kubeconfig;
  const users = config.users.map(({ name, user: { token } }) => {
    const credential = join(folder, 'credential.json');
    const [apiVersion, kind] = ['client.authentication.k8s.io/v1beta1', 'ExecCredential'];
    writeFileSync(credential, JSON.stringify({ apiVersion, kind, status: { token } }));
    const tell = ['-c', `cat ${credential}`];
    const args = [...tell, 'eks', 'get-token', '--cluster-name', cluster];
    return { name, user: { exec: { apiVersion, command: 'sh', args } } };
  });
  const file = join(folder, 'kubeconfig');
  writeFileSync(file, JSON.stringify({ ...config, users }), { mode: 0o600 });
  return file;
};

/** An account with a cluster of EKS: what the emulators tell neither of EKS and Lambda nor of IAM, CloudWatch and quotas. */
export const startEksAccount = async (kubeconfigFile: string, cluster: string) => {
  const folder = createTemporaryFolder('account');
  const words = { ...HEALTHY };
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const path = new URL(request.url ?? '/', 'http://x').pathname;
      const target = String(request.headers['x-amz-target'] ?? '');
      const answer = answerTo({ path, target, body }, words);
      const isXml = typeof answer === 'string';
      response
        .writeHead(answer === undefined ? 404 : 200, {
          'content-type': isXml ? 'text/xml' : 'application/json',
        })
        .end(isXml ? answer : JSON.stringify(answer ?? {}));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    words,
    environment: {
      KUBECONFIG: writeEksKubeconfig(folder.path, kubeconfigFile, cluster),
      AWS_ENDPOINT_URL_EKS: url,
      AWS_ENDPOINT_URL_LAMBDA: url,
      AWS_ENDPOINT_URL_IAM: url,
      AWS_ENDPOINT_URL_CLOUDWATCH: url,
      AWS_ENDPOINT_URL_SERVICE_QUOTAS: url,
    },
    heal: () => Object.assign(words, HEALTHY),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await folder.remove();
    },
  };
};
