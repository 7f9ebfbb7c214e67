import { describe, expect, it } from 'vitest';
import type { PlanOutcome } from '#cli/plan/outcome.ts';
import { runPlan } from '#cli/plan/run.ts';
import { CallError } from '#core/errors.ts';
import { NAMESPACES, NETWORK_ATTACHMENTS } from '#providers/kubernetes/resources.ts';
import { createNetworkHosts } from '#test/support/network-host.ts';
import { createScenario, type Scenario, type ScenarioOptions } from '#test/support/scenario.ts';

const RESOURCE = 'nodeeni.networking.k8s.aws/lan';

const withNetwork = async (
  before?: (scenario: Scenario) => Promise<unknown>,
  options: ScenarioOptions = {},
) => {
  const scenario = createScenario(options);
  const node = await scenario.addNode();
  await scenario.kubernetes.create(NAMESPACES, { metadata: { name: 'core' } });
  await before?.(scenario);
  await scenario.applyNodeEni('data', {
    subnetID: scenario.subnets.a,
    ipv4PrefixCount: 1,
    podNetwork: { name: 'lan', namespaces: ['core'], resourceName: RESOURCE },
  });
  await scenario.pass(60);
  const hosts = createNetworkHosts(scenario);
  return { scenario, node, hosts, slot: `data/${scenario.subnets.a}` };
};

const plan = async ({ installation }: Scenario, subject?: string) => {
  const outcomes: PlanOutcome[] = [];
  const operator = installation.operator();
  const asked = subject === undefined ? {} : { subject };
  const onOutcome = (outcome: PlanOutcome) => outcomes.push(outcome);
  const text = await runPlan(operator, { ...asked, isJson: false, onOutcome });
  return {
    text,
    outcome: outcomes[0],
    json: JSON.parse(await runPlan(operator, { ...asked, isJson: true })),
  };
};

describe('nodeeni plan, of a network for pods', () => {
  it('says that the agent is waited for, while none has spoken', async () => {
    const { scenario, slot } = await withNetwork();

    const { text, outcome } = await plan(scenario);

    expect(text).toContain(`  ${slot}, network lan: waiting (WaitingForHost: `);
    expect(outcome).toBe('changes');
  });

  it('is blocked where Multus reads another folder, and repeats the line that mends it', async () => {
    const { scenario, node, hosts, slot } = await withNetwork();
    const told = { reason: 'MultusReadsElsewhere', message: 'Write one line.' };
    await hosts.report({ state: 'NotReady', ...told });
    await scenario.pass(60);

    const { text, outcome, json } = await plan(scenario, node.name);

    expect(text).toContain(
      `  ${slot}, network lan: blocked (MultusReadsElsewhere: Write one line.)\n`,
    );
    expect(outcome).toBe('blocked');
    expect(json).toMatchObject([{ networks: [{ slot, ...told, isReady: false }] }]);
  });

  it('says what the node is to offer, before it does', async () => {
    const { scenario, hosts } = await withNetwork();
    await hosts.report();

    const { text, outcome, json } = await plan(scenario);

    expect(text).toContain(`  node: offer 16 ${RESOURCE}, where it offers none\n`);
    expect(outcome).toBe('changes');
    expect(json).toMatchObject([{ resources: { [RESOURCE]: 16 } }]);
  });

  it('has nothing to do once pods get it', async () => {
    const { scenario, node, hosts, slot } = await withNetwork();
    await hosts.report();
    await scenario.pass(60);

    const { text, outcome, json } = await plan(scenario);

    expect(text).toMatch(
      new RegExp(`^${node.instanceId} .*\n  ${slot}: nothing to do \\(.*\\)\n$`),
    );
    expect(outcome).toBe('none');
    expect(json).toHaveLength(1);
    expect(json[0]).not.toHaveProperty('networks');
  });

  it('says that a definition is missing in a namespace, and makes none', async () => {
    const { scenario, hosts } = await withNetwork();
    await hosts.report();
    await scenario.pass(60);
    await scenario.kubernetes.delete(NETWORK_ATTACHMENTS, 'lan', 'core');

    const { text, outcome, json } = await plan(scenario);

    expect(text).toContain(
      '\n\nNodeENI data, network lan: bring its NetworkAttachmentDefinitions in line\n',
    );
    expect(outcome).toBe('changes');
    expect(json.at(-1)).toEqual({ nodeEni: 'data', network: 'lan' });
    expect((await scenario.kubernetes.list(NETWORK_ATTACHMENTS)).items).toEqual([]);
  });

  it('says of definitions that it may not read that it cannot look', async () => {
    let isForbidden = false;
    const { scenario, hosts } = await withNetwork(undefined, {
      kubernetes: {
        onCall: ({ resource }) =>
          isForbidden && resource === NETWORK_ATTACHMENTS.plural
            ? { error: new CallError('Denied', 'Forbidden', 'not for you'), when: 'before' }
            : undefined,
      },
    });
    await hosts.report();
    await scenario.pass(60);
    isForbidden = true;

    const { text, outcome } = await plan(scenario);

    expect(text).toContain('network lan: cannot be looked at from here (AccessDenied: ');
    expect(outcome).toBe('blocked');
  });

  it('is blocked where the name of the definition is taken', async () => {
    const { scenario, hosts } = await withNetwork(({ kubernetes }) =>
      kubernetes.create(NETWORK_ATTACHMENTS, {
        metadata: { name: 'lan', namespace: 'core' },
        spec: { config: '{}' },
      }),
    );
    await hosts.report();
    await scenario.pass(60);

    const { text, outcome } = await plan(scenario);

    expect(text).toContain('NodeENI data, network lan: blocked (NameTaken: core has a ');
    expect(outcome).toBe('blocked');
  });
});
