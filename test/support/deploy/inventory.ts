import type { AwsCalls } from './aws/calls.ts';
import type { DeployStage } from './stage.ts';

type Listing = (calls: AwsCalls, clusterName: string) => Promise<readonly string[]>;

const namesIn = (xml: string, element: string): readonly string[] =>
  [...xml.matchAll(new RegExp(`<${element}>([^<]+)</${element}>`, 'g'))].map(
    ([, name = '']) => name,
  );

const listJson =
  (service: string, target: string, list: string, name?: string): Listing =>
  async (calls) => {
    const answer = await calls.json(service, target, {});
    const items = (answer[list] ?? []) as readonly unknown[];
    return items.map((item) =>
      String(name === undefined ? item : (item as Readonly<Record<string, unknown>>)[name]),
    );
  };

const listRest =
  (path: string, list: string, name: string): Listing =>
  async (calls) => {
    const { text } = await calls.rest('lambda', 'GET', path);
    const items = (JSON.parse(text) as Readonly<Record<string, readonly object[]>>)[list] ?? [];
    return items.map((item) => String(item[name as never]));
  };

const listQuery =
  (service: string, version: string, Action: string, element: string): Listing =>
  async (calls) =>
    namesIn(await calls.query(service, version, { Action }), element);

/** SST keeps its own state and assets when an app is removed. */
const isOfSst = (name: string): boolean => /^sst-(?:asset|state)-/.test(name);

const LISTINGS: Readonly<Record<string, Listing>> = {
  queue: listJson('sqs', 'AmazonSQS.ListQueues', 'QueueUrls'),
  rule: listJson('events', 'AWSEvents.ListRules', 'Rules', 'Name'),
  'log group': listJson('logs', 'Logs_20140328.DescribeLogGroups', 'logGroups', 'logGroupName'),
  function: listRest('/2015-03-31/functions', 'Functions', 'FunctionName'),
  mapping: listRest('/2015-03-31/event-source-mappings', 'EventSourceMappings', 'UUID'),
  role: listQuery('iam', '2010-05-08', 'ListRoles', 'RoleName'),
  alarm: listQuery('monitoring', '2010-08-01', 'DescribeAlarms', 'AlarmName'),
  dashboard: listQuery('monitoring', '2010-08-01', 'ListDashboards', 'DashboardName'),
  bucket: async (calls) =>
    namesIn((await calls.rest('s3', 'GET', '/')).text, 'Name').filter((name) => !isOfSst(name)),
  'access entry': async (calls, clusterName) => {
    const { text } = await calls.rest('eks', 'GET', `/clusters/${clusterName}/access-entries`);
    const { accessEntries } = JSON.parse(text) as { readonly accessEntries: readonly string[] };
    // EKS makes one for whoever made the cluster.
    return accessEntries.filter((arn) => arn.includes(':role/'));
  },
};

/** Everything in the account that a deploy makes, as `kind name`; of the emulators' own things, none. */
export const listAccount = async ({
  calls,
  clusterName,
}: Pick<DeployStage, 'calls' | 'clusterName'>): Promise<readonly string[]> => {
  const each = await Promise.all(
    Object.entries(LISTINGS).map(async ([kind, list]) =>
      (await list(calls, clusterName)).map((name) => `${kind} ${name}`),
    ),
  );
  return each.flat().toSorted();
};

const CLUSTER_KINDS = [
  'namespaces',
  'customresourcedefinitions',
  'clusterroles',
  'clusterrolebindings',
  'validatingadmissionpolicies',
  'validatingadmissionpolicybindings',
  'validatingwebhookconfigurations',
  'roles,rolebindings,serviceaccounts,configmaps,daemonsets',
].join(',');

/** What is in the cluster by our name, as `kind/name`. In: whether it ends with versions, which every write changes. */
export const listCluster = async (
  { kube }: Pick<DeployStage, 'kube'>,
  { withVersions = false }: { readonly withVersions?: boolean } = {},
): Promise<readonly string[]> => {
  const { stdout, stderr, code } = await kube.kubectl([
    ...['get', CLUSTER_KINDS, '--all-namespaces', '--output', 'json'],
  ]);
  if (code !== 0) throw new Error(stderr);
  const { items } = JSON.parse(stdout) as {
    readonly items: readonly {
      readonly kind: string;
      readonly metadata: { readonly name: string; readonly resourceVersion: string };
    }[];
  };
  return items
    .filter(({ metadata: { name } }) => /nodeeni/.test(name))
    .map(
      ({ kind, metadata: { name, resourceVersion } }) =>
        `${kind}/${name}${withVersions ? ` ${resourceVersion}` : ''}`,
    )
    .toSorted();
};
