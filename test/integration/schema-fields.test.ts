import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { RETRY_ANNOTATION } from '#core/apis/v1alpha1/names.ts';
import { nodeEniStatusSchema } from '#core/apis/v1alpha1/node-eni.ts';
import {
  hostStatusSchema,
  nodeEniStateSpecSchema,
  nodeEniStateStatusSchema,
} from '#core/apis/v1alpha1/node-eni-state.ts';
import { type OpenApiSchema, openApiSchemaOf } from '#core/apis/v1alpha1/open-api.ts';
import type { KubernetesObject } from '#providers/kubernetes/kubernetes-api.ts';
import { NODE_ENI_STATES, NODE_ENIS, NODES } from '#providers/kubernetes/resources.ts';
import { bootIdOf, createCommandHost, createCommandScenario } from '#test/support/command-host.ts';
import { createScenario, LABELS, type Scenario } from '#test/support/scenario.ts';
import { sourcesIn } from '#test/unit/docs/files.ts';

/** Every field, the keys of maps and lists left out: `interfaces.*.create.tags.*`. */
const fieldsOf = (schema: OpenApiSchema, path = ''): string[] => {
  const { properties, items, additionalProperties } = schema;
  const inner =
    items ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined);
  if (inner !== undefined) return fieldsOf(inner, `${path}.*`);
  if (properties === undefined) return [path];
  return Object.entries(properties).flatMap(([key, child]) => fieldsOf(child, `${path}.${key}`));
};

/** The same of a stored object. */
const writtenIn = (value: unknown, path = ''): string[] => {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, child]) => [
    ...writtenIn(child, `${path}.${key}`),
    ...writtenIn(child, `${path}.*`),
  ]);
};

/** Everything that is ever stored of both kinds while a history goes on. */
const record = ({ kubernetes }: Pick<Scenario, 'kubernetes'>, into: Set<string>) => {
  const note = ({ object }: { readonly object: KubernetesObject }) => {
    const kind = object.kind ?? '';
    for (const path of writtenIn(object.spec, `${kind}.spec`)) into.add(path);
    for (const path of writtenIn(object.status, `${kind}.status`)) into.add(path);
  };
  const { signal } = new AbortController();
  for (const resource of [NODE_ENIS, NODE_ENI_STATES])
    void kubernetes.as('reader').watch(resource, note, signal);
};

/** A host without an agent: commands that fail first, DPDK and a plain link, an edit, and a deletion. */
const byCommands = async (into: Set<string>) => {
  const { scenario, instanceId } = await createCommandScenario();
  record(scenario, into);
  const host = createCommandHost(scenario, instanceId, ({ phase, dpdk }) =>
    phase === 'Releasing'
      ? { released: true }
      : {
          configured: true,
          interfaceName: 'ens6',
          pciAddress: '0000:00:06.0',
          driver: dpdk?.driver ?? 'ena',
        },
  );
  host.endWith((end) => ({ ...end, exitCode: 1, output: 'broken' }));
  host.boot(bootIdOf(1));
  await scenario.register(instanceId, LABELS, bootIdOf(1));
  const { a, a2 } = scenario.subnets;
  const device = { dpdkPCIAddress: '0000:00:06.0', dpdkResourceName: 'intel.com/sriov' };
  await scenario.applyNodeEni('dpdk', { subnetID: a, enableDPDK: true, ...device });
  await scenario.applyNodeEni('lan', {
    subnetID: a2,
    mtu: 9001,
    tags: { team: 'core' },
    ...device,
  });
  await scenario.pass(300);
  host.recover();
  await scenario.pass(3600);
  await scenario.deleteNodeEni('lan');
  await scenario.pass(600);
};

const LINK = {
  txQueueLength: 2000,
  rings: { rx: 8192, tx: 1024 },
  channels: { rx: 1, tx: 1, combined: 4 },
  coalescing: {
    ...{ adaptiveRx: false, adaptiveTx: false },
    ...{ rxUsecs: 0, txUsecs: 0, rxFrames: 1, txFrames: 1 },
  },
  offloads: { gro: false },
  sysctls: { 'net.ipv4.conf.IFNAME.rp_filter': 2 },
};

/** Addresses besides the first one, all that a link can be asked for, the word of an agent, and a Node that goes while its instance lives. */
const withAddresses = async (into: Set<string>) => {
  const scenario = createScenario();
  record(scenario, into);
  const { name, instanceId } = await scenario.addNode();
  const counts = { secondaryPrivateIPAddressCount: 2, ipv6AddressCount: 1 };
  await scenario.applyNodeEni('data', {
    subnetID: scenario.subnets.a,
    ...counts,
    linkMode: 'Addressed',
    linkName: 'sig0',
    link: LINK,
  });
  const prefixes = { ipv4PrefixCount: 1, ipv6PrefixCount: 1 };
  await scenario.applyNodeEni('blocks', {
    subnetID: scenario.subnets.a2,
    ...prefixes,
    podNetwork: {
      namespaces: ['core'],
      routes: [{ dst: '10.0.0.0/8', gw: '10.0.2.1' }],
      resourceName: 'nodeeni.networking.k8s.aws/blocks',
    },
  });
  await scenario.pass(60);
  const ready = { state: 'Ready', reason: 'Ready', message: '', addresses: 16, addressesInUse: 15 };
  const slot = `blocks/${scenario.subnets.a2}`;
  const [state] = await scenario.states();
  const { eniId, generation } = state?.spec.interfaces?.[slot] ?? {};
  const host = {
    [`data/${scenario.subnets.a}`]: { eniId: 'eni-0', generation: 1 },
    [slot]: {
      ...{ eniId, generation, configured: true, podNetwork: ready },
      understood: { generation, parts: ['podNetwork'] },
    },
  };
  const report = { type: 'merge', body: { status: { host } } } as const;
  const agent = scenario.kubernetes.as('agent');
  await agent.patch(NODE_ENI_STATES, instanceId, report, { subresource: 'status' });
  await scenario.pass(60);
  await scenario.kubernetes.delete(NODES, name);
  await scenario.pass(600);
};

/** A create call that is denied, also when a person has it tried again. */
const refused = async (into: Set<string>) => {
  const scenario = createScenario({
    ec2: {
      onCall: (action) =>
        action === 'CreateNetworkInterface' ? { code: 'UnauthorizedOperation' } : undefined,
    },
  });
  record(scenario, into);
  await scenario.addNode();
  await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
  await scenario.pass(120);
  const annotations = { [RETRY_ANNOTATION]: 'now' };
  await scenario.kubernetes.patch(NODE_ENIS, 'data', {
    type: 'merge',
    body: { metadata: { annotations } },
  });
  await scenario.pass(60);
};

/** An instance that EC2 does not know any more when it is looked at. */
const forgotten = async (into: Set<string>) => {
  const scenario = createScenario();
  record(scenario, into);
  const { instanceId } = await scenario.addNode();
  await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
  await scenario.pass(60);
  scenario.ec2.fleet.forgetInstance(instanceId);
  await scenario.pass(900);
};

/** An ENI that somebody moves to another instance, and one that somebody deletes. */
const byHand = async (into: Set<string>) => {
  const scenario = createScenario({ ec2: { detachSeconds: 400 } });
  record(scenario, into);
  const [first, second] = [await scenario.addNode(), await scenario.addNode()];
  await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
  await scenario.pass(60);
  const eniOf = ({ instanceId }: { readonly instanceId: string }) =>
    scenario.oursOn(instanceId)[0]?.eniId ?? '';
  const moved = eniOf(first);
  scenario.ec2.byHand.move(moved, second.instanceId, 5);
  const { attachment } =
    scenario.oursOn(second.instanceId).find(({ eniId }) => eniId !== moved) ?? {};
  await scenario.ec2.api.detachNetworkInterface({ AttachmentId: attachment?.attachmentId ?? '' });
  await scenario.pass(330);
  scenario.ec2.byHand.delete(eniOf(first));
  await scenario.pass(900);
};

/** Fields that no history here comes to, and where they are tried. */
const TRIED_ELSEWHERE = [
  // passes.test.ts and slot.test.ts of instance-interfaces: EC2 takes an attachment and does not show it.
  'NodeENIState.spec.interfaces.*.attachAcceptedAt',
  // status.test.ts of instance-interfaces: more slots than an object has room for.
  'NodeENIState.status.interfacesOmitted',
];

/** Fields of earlier versions, read from what is stored. */
const NEVER_WRITTEN = 'NodeENIState.spec.interfaces.*.backOff.';

/** Written by the agent. */
const OF_THE_HOST = 'NodeENIState.status.host.';

describe('The fields of what is stored', () => {
  it('are all written, by some history', async () => {
    const written = new Set<string>();
    for (const play of [byCommands, withAddresses, refused, forgotten, byHand]) await play(written);

    const schemas = [
      ...fieldsOf(openApiSchemaOf(nodeEniStatusSchema), 'NodeENI.status'),
      ...fieldsOf(openApiSchemaOf(nodeEniStateSpecSchema), 'NodeENIState.spec'),
      ...fieldsOf(openApiSchemaOf(nodeEniStateStatusSchema), 'NodeENIState.status'),
    ];
    const missing = schemas.filter(
      (field) =>
        !written.has(field) &&
        !TRIED_ELSEWHERE.includes(field) &&
        !field.startsWith(NEVER_WRITTEN) &&
        !field.startsWith(OF_THE_HOST),
    );
    expect(missing).toEqual([]);
  });

  it("are all written by the agent, where they are the host's", () => {
    const sources = sourcesIn('node-agent')
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n');
    const missing = Object.keys(hostStatusSchema.shape).filter(
      (field) => !new RegExp(`\\b${field}\\b[:,]`).test(sources),
    );

    expect(missing).toEqual([]);
  });
});
