import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type KubeApiserver, startKubeApiserver } from '#test/support/servers/kube-apiserver.ts';
import { CRDS_FOLDER } from '../e2e/crds.ts';
import { nodeEniNamed } from '../e2e/installed-cluster.ts';
import { eventually } from '../e2e/outcomes.ts';
import { ALL_OF_OURS, CHART, EVERYTHING, helm, NAMESPACE } from './chart.ts';

let kube: KubeApiserver;

/** A kind of the Prometheus Operator, without its schema. */
const operatorCrd = (kind: string) => {
  const singular = kind.toLowerCase();
  const schema = {
    openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${singular}s.monitoring.coreos.com` },
    spec: {
      group: 'monitoring.coreos.com',
      scope: 'Namespaced',
      names: { kind, singular, plural: `${singular}s` },
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  };
};

beforeAll(async () => {
  kube = await startKubeApiserver();
});

afterAll(() => kube?.stop());

const run = async (...args: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await helm(args, kube.kubeconfigFile);
  expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: expect.any(String) });
  return stdout;
};

const RELEASE = ['nodeeni', CHART, `--namespace=${NAMESPACE}`];
const install = (...values: readonly string[]) =>
  run('install', ...RELEASE, '--create-namespace', ...values);
const upgrade = (...values: readonly string[]) => run('upgrade', ...RELEASE, ...values);
const uninstall = () => run('uninstall', 'nodeeni', `--namespace=${NAMESPACE}`);

/** What of ours is in the cluster, of every kind that the chart brings. */
const installed = async (): Promise<readonly string[]> => {
  const kinds = [
    ...['customresourcedefinitions', 'clusterroles', 'clusterrolebindings', 'roles'],
    ...['rolebindings', 'serviceaccounts', 'configmaps', 'daemonsets'],
    ...['validatingwebhookconfigurations', 'validatingadmissionpolicies'],
    'validatingadmissionpolicybindings',
  ].join(',');
  const { stdout } = await kube.kubectl([
    ...['get', kinds, '--all-namespaces', '--output=name'],
    '--selector=app.kubernetes.io/name=nodeeni',
  ]);
  return stdout
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .sort();
};

const CRDS = [
  'customresourcedefinition.apiextensions.k8s.io/nodeenis.networking.k8s.aws',
  'customresourcedefinition.apiextensions.k8s.io/nodeenistates.networking.k8s.aws',
];

/** A NodeENI whose loss would be seen. */
const applyNodeEni = async (): Promise<void> => {
  const { code, stderr } = await kube.kubectl(
    ['apply', '--filename=-'],
    JSON.stringify(nodeEniNamed('kept')),
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
};

const nodeEnis = async (): Promise<string> =>
  (await kube.kubectl(['get', 'nodeeni', '--output=name'])).stdout.trim();

const takeOff = async (): Promise<void> => {
  await helm(['uninstall', 'nodeeni', `--namespace=${NAMESPACE}`], kube.kubeconfigFile);
  await kube.kubectl(['delete', 'crd', '--all', '--wait=true']);
};

beforeEach(takeOff);

describe('helm on a real API server', () => {
  it('installs the cluster side, and the CRDs serve at once', async () => {
    const notes = await install();
    await kube.kubectl(['wait', '--for=condition=Established', '--timeout=30s', 'crd', '--all']);
    await applyNodeEni();

    expect(notes).toContain('There is no webhook yet');
    expect(await installed()).toEqual(expect.arrayContaining(CRDS));
    expect(await nodeEnis()).toBe('nodeeni.networking.k8s.aws/kept');
  });

  it('adds an agent and a webhook to the previous values, and takes them off again', async () => {
    await install('--set=group=team:nodeeni');
    const before = await installed();

    await upgrade('--reuse-values', ...ALL_OF_OURS);
    const group = await kube.kubectl([
      ...['get', 'clusterrolebinding', 'nodeeni-functions'],
      '--output=jsonpath={.subjects[0].name}',
    ]);
    const during = await installed();
    await upgrade('--reuse-values', '--set=agent.enabled=false', '--set=webhook.url=');

    expect(during).toEqual(
      expect.arrayContaining([
        'daemonset.apps/nodeeni-agent',
        'validatingwebhookconfiguration.admissionregistration.k8s.io/nodeeni',
      ]),
    );
    expect(group.stdout).toBe('team:nodeeni');
    expect(await installed()).toEqual(before);
  });

  it('leaves the CRDs and their objects when it is uninstalled, and takes them again', async () => {
    await install(...ALL_OF_OURS);
    await kube.kubectl(['wait', '--for=condition=Established', '--timeout=30s', 'crd', '--all']);
    await applyNodeEni();

    await uninstall();
    const left = await installed();
    await install();

    expect(left).toEqual(CRDS);
    expect(await nodeEnis()).toBe('nodeeni.networking.k8s.aws/kept');
  });

  it('brings what watches over it where the kinds of the Prometheus Operator are', async () => {
    const items = ['PodMonitor', 'PrometheusRule'].map(operatorCrd);
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    await kube.kubectl(['apply', '--server-side', '--filename=-'], list);
    // Established is one thing, and what discovery tells of another, a moment later.
    await eventually(async () => {
      const served = ['api-resources', '--api-group=monitoring.coreos.com', '--output=name'];
      expect((await kube.kubectl(served)).stdout.trim().split('\n')).toHaveLength(2);
    });

    await install(...EVERYTHING);
    const { stdout } = await kube.kubectl([
      ...['get', 'podmonitors,prometheusrules', '--all-namespaces', '--output=name'],
    ]);

    expect(stdout.trim().split('\n')).toEqual([
      'podmonitor.monitoring.coreos.com/nodeeni-agent',
      'podmonitor.monitoring.coreos.com/nodeeni-local',
      'prometheusrule.monitoring.coreos.com/nodeeni',
    ]);
  });

  it('changes nothing when it is upgraded to itself', async () => {
    await install(...ALL_OF_OURS);
    const versions = () =>
      kube.kubectl([
        ...['get', 'daemonset,clusterrole', '--all-namespaces'],
        '--selector=app.kubernetes.io/name=nodeeni',
        '--output=jsonpath={.items[*].metadata.resourceVersion}',
      ]);
    const before = await versions();

    await upgrade(...ALL_OF_OURS);

    expect((await versions()).stdout).toBe(before.stdout);
  });

  it('takes over what kubectl has applied, when it is told to', async () => {
    await kube.kubectl(['apply', '--server-side', '--filename', CRDS_FOLDER]);

    const { code } = await helm(['install', ...RELEASE, '--create-namespace'], kube.kubeconfigFile);
    await helm(['uninstall', 'nodeeni', `--namespace=${NAMESPACE}`], kube.kubeconfigFile);
    await install('--take-ownership', '--force-conflicts');

    expect(code).toBe(1);
    expect(await installed()).toEqual(expect.arrayContaining(CRDS));
  });
});
