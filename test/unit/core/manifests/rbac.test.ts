import { expect, it } from 'vitest';
import { createInstallation } from '#cli/simulation/installation.ts';
import { NOT_READY_TAINT } from '#core/apis/v1alpha1/names.ts';
import { EVENTS_RULES, FUNCTIONS_RULES } from '#core/manifests/rbac.ts';
import type { KubernetesApi, Resource } from '#providers/kubernetes/kubernetes-api.ts';
import {
  NAMESPACES,
  NETWORK_ATTACHMENTS,
  NODE_ENI_STATES,
  NODE_ENIS,
  NODES,
} from '#providers/kubernetes/resources.ts';
import { createNetworkHosts } from '#test/support/network-host.ts';
import { createScenario, type Scenario } from '#test/support/scenario.ts';
import { recordingTelemetry } from '#test/support/telemetry.ts';

type Call = (resource: Resource, ...rest: readonly unknown[]) => unknown;

/** What is asked of an API, as the right it takes: `patch networking.k8s.aws nodeenis/status`. */
const recording = (api: KubernetesApi, asked: Set<string>): KubernetesApi =>
  new Proxy(api, {
    get: (target, verb) => {
      const call: unknown = Reflect.get(target, verb);
      if (typeof call !== 'function') return call;
      return (resource: Resource, ...rest: readonly unknown[]) => {
        const options = rest[2];
        const isStatus = typeof options === 'object' && Object(options).subresource === 'status';
        const plural = `${resource.plural}${isStatus ? '/status' : ''}`;
        asked.add(`${String(verb)} ${resource.group} ${plural}`);
        return (call as Call).call(target, resource, ...rest);
      };
    },
  });

const rightsOf = (rules: typeof FUNCTIONS_RULES): readonly string[] =>
  rules.flatMap(({ apiGroups, resources, verbs }) =>
    verbs.flatMap((verb) =>
      apiGroups.flatMap((group) => resources.map((resource) => `${verb} ${group} ${resource}`)),
    ),
  );

/** A network for pods in a namespace that is selected, which somebody changes, and which the host says is ready. */
const liveAsNetwork = async (scenario: Scenario): Promise<void> => {
  const { kubernetes, subnets, pass } = scenario;
  await kubernetes.create(NAMESPACES, { metadata: { name: 'core' } });
  const podNetwork = { namespaceSelector: {}, resourceName: 'example.com/lan' };
  await scenario.applyNodeEni('lan', { subnetID: subnets.a2, ipv4PrefixCount: 1, podNetwork });
  await pass(120);
  const broken = { type: 'merge', body: { spec: { config: '{}' } } } as const;
  await kubernetes.patch(NETWORK_ATTACHMENTS, 'lan', broken, { namespace: 'core' });
  await createNetworkHosts(scenario).report();
  await pass(120);
  await scenario.deleteNodeEni('lan');
  await pass(300);
};

/** Every part of a life: a tainted node, news twice, an edit, a node that ends, and the end of the NodeENI. */
const liveThrough = async (): Promise<ReadonlySet<string>> => {
  const asked = new Set<string>();
  // In the place of the scenario's installation works one whose calls are seen.
  const scenario = createScenario();
  scenario.installation.kill();
  const { kubernetes, subnets, pass, ec2 } = scenario;
  const watched = new Proxy(kubernetes, {
    get: (target, key) => {
      if (key === 'as') return (user: string) => recording(target.as(user), asked);
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  createInstallation({
    world: { ...scenario, kubernetes: watched },
    clusterName: 'prod',
    telemetry: recordingTelemetry().telemetry,
  });

  const node = await scenario.addNode();
  const taints = [{ key: NOT_READY_TAINT, effect: 'NoSchedule' }];
  const tainted = { type: 'merge', body: { spec: { taints } } } as const;
  await kubernetes.patch(NODES, node.name, tainted);
  await scenario.applyNodeEni('data', { subnetID: subnets.a });
  await pass(120);
  for (const subnetID of ['subnet-none', subnets.a, 'subnet-none', subnets.a]) {
    const edit = { type: 'merge', body: { spec: { subnetID } } } as const;
    await kubernetes.patch(NODE_ENIS, 'data', edit);
    await pass(120);
  }
  await liveAsNetwork(scenario);
  ec2.fleet.terminateInstance(node.instanceId);
  await kubernetes.deleteNode(node.name);
  await pass(900);
  await scenario.deleteNodeEni('data');
  await pass(900);
  expect(await scenario.nodeEnis()).toEqual([]);
  expect((await kubernetes.list(NODE_ENI_STATES)).items).toEqual([]);
  return asked;
};

it('gives the functions the rights that their work takes, and no other', async () => {
  const asked = await liveThrough();

  expect([...asked].toSorted()).toEqual(
    [...rightsOf(FUNCTIONS_RULES), ...rightsOf(EVENTS_RULES)].toSorted(),
  );
});
