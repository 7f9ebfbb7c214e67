import { describe, expect, it } from 'vitest';
import { agentCheck } from '#cli/doctor/check-agent.ts';
import { hooksCheck } from '#cli/doctor/check-hooks.ts';
import { multusCheck } from '#cli/doctor/check-multus.ts';
import { nodeEnisCheck } from '#cli/doctor/check-node-enis.ts';
import { quotaCheck } from '#cli/doctor/check-quota.ts';
import { sweepCheck } from '#cli/doctor/check-sweep.ts';
import { versionsCheck } from '#cli/doctor/check-versions.ts';
import { podsCheck, vpcCniCheck } from '#cli/doctor/check-vpc-cni.ts';
import { examineAll } from '#cli/doctor/examine.ts';
import { type Outside, readPatient } from '#cli/doctor/patient.ts';
import { acquireLease } from '#cli/local/lease.ts';
import { customResourceDefinitions } from '#core/apis/v1alpha1/crd.ts';
import { CallError } from '#core/errors.ts';
import type { KubernetesApi } from '#providers/kubernetes/kubernetes-api.ts';
import { launchHook, workersGroup } from '#test/support/launch-group.ts';
import { createScenario, type Scenario } from '#test/support/scenario.ts';

const NOTHING_ASKED: Outside['account'] = {
  eksCluster: () => Promise.reject(new Error('No cluster of EKS is asked about.')),
  concurrency: () => Promise.resolve({ most: 1000, unreserved: 1000 }),
  interfaces: () => Promise.resolve({ most: 5000, used: 0 }),
  sweeps: () => Promise.resolve([]),
  membersOf: () => Promise.resolve([]),
  forbidden: () => Promise.resolve([]),
  deniedChanges: () => Promise.resolve([]),
};

const outsideOf = (
  { installation, kubernetes, clock }: Scenario,
  account: Partial<Outside['account']> = {},
): Outside => ({
  clusterName: 'prod',
  group: 'nodeeni:functions',
  now: clock.now(),
  version: '1.2.3',
  kubernetes: kubernetes.as('doctor'),
  probe: {
    version: () => Promise.resolve('v1.34.1-eks-113cf36'),
    warningsOfCreate: () => Promise.resolve([]),
  },
  stores: installation.operator().stores,
  account: { ...NOTHING_ASKED, ...account },
  askRelay: () => Promise.resolve({ status: 200, version: '1.2.3' }),
});

/** The simulated API server shows no definitions of its kinds. */
const withCrds = (kubernetes: KubernetesApi): KubernetesApi => ({
  ...kubernetes,
  get: async (resource, name, namespace) => {
    if (resource.plural !== 'customresourcedefinitions')
      return kubernetes.get(resource, name, namespace);
    const { spec } = Object(customResourceDefinitions()[name.split('.')[0] ?? '']);
    const status = { conditions: [{ type: 'Established', status: 'True' }] };
    return { metadata: { name }, spec, status };
  },
});

const findingsOfVersion = (version: string) => {
  const outside = outsideOf(createScenario());
  return versionsCheck.find({
    ...outside,
    probe: { ...outside.probe, version: () => Promise.resolve(version) },
  });
};

const patientOf = async (scenario: Scenario, account: Partial<Outside['account']> = {}) =>
  readPatient(outsideOf(scenario, account));

/** What is found of the hook of a group that has an instance in the cluster. */
const findingsFor = async (hook: ReturnType<typeof launchHook>) => {
  const scenario = createScenario();
  await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
  scenario.autoScaling.createGroup(workersGroup(scenario, { hooks: [hook] }));
  scenario.autoScaling.setDesiredCapacity('workers', 1);
  await scenario.pass(60);
  const [instanceId = ''] = scenario.autoScaling.states('workers').keys();
  await scenario.register(instanceId);
  return hooksCheck.find(await patientOf(scenario));
};

describe('nodeeni doctor', () => {
  it('finds nothing on a hook that somebody completes, nor on one of others', async () => {
    const others = { ...launchHook(), notificationMetadata: '{"cluster":"staging"}' };

    expect(await findingsFor(launchHook())).toEqual([]);
    expect(await findingsFor(others)).toEqual([]);
  });

  it.each([
    [
      'metadata that is no JSON',
      { ...launchHook(), notificationMetadata: "{cluster: 'prod'}" },
      { severity: 'error', what: expect.stringContaining('cannot be read') },
    ],
    [
      'a field that is out of its range',
      launchHook({ deadlineSeconds: 1 }),
      { severity: 'error', what: expect.stringContaining('cannot be read') },
    ],
    [
      'the uid of another cluster',
      launchHook({ clusterUid: 'another' }),
      { severity: 'error', what: expect.stringContaining('clusterUid of another cluster') },
    ],
    [
      'a deadline after the longest that Auto Scaling waits',
      launchHook({ deadlineSeconds: 7200 }, 30),
      { severity: 'warning', what: expect.stringContaining('waits 3000 s at most') },
    ],
  ])('finds %s in a hook', async (_, hook, finding) => {
    expect(await findingsFor(hook)).toMatchObject([finding]);
  });

  it('finds a NodeENI that nobody takes up, once that has taken too long', async () => {
    const scenario = createScenario();
    await scenario.addNode();
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    const patient = await patientOf(scenario);
    const later = { ...patient, now: new Date(patient.now.getTime() + 1_000_000) };

    expect(await nodeEnisCheck.find(patient)).toEqual([]);
    expect(await nodeEnisCheck.find(later)).toMatchObject([
      { severity: 'error', what: expect.stringContaining('Nobody has taken up data') },
    ]);
  });

  it('reads nodes and DaemonSets once, whatever the checks ask of them', async () => {
    const scenario = createScenario();
    await scenario.addNode();
    const outside = outsideOf(scenario);
    const listed: string[] = [];
    const kubernetes: KubernetesApi = {
      ...outside.kubernetes,
      list: async (resource, options) => {
        listed.push(resource.plural);
        if (resource.plural === 'daemonsets') return { items: [], resourceVersion: '1' };
        return outside.kubernetes.list(resource, options);
      },
    };

    const patient = await readPatient({ ...outside, kubernetes });
    for (const check of [agentCheck, vpcCniCheck, podsCheck, multusCheck])
      await check.find(patient);

    expect(listed.filter((plural) => plural === 'daemonsets')).toHaveLength(1);
    expect(listed.filter((plural) => plural === 'nodes')).toHaveLength(0);
  });
});

describe('the version of Kubernetes', () => {
  it.each(['v1.33.0', 'v1.34.1-eks-113cf36', 'v1.40.0+k3s1', 'v2.0.0'])(
    'is in order with %s',
    async (version) => {
      expect(await findingsOfVersion(version)).toEqual([]);
    },
  );

  it.each(['v1.32.9-eks-1', 'v1.9.0'])('is too old with %s', async (version) => {
    expect(await findingsOfVersion(version)).toMatchObject([
      { severity: 'error', what: expect.stringContaining(version) },
    ]);
  });
});

describe('the last sweep', () => {
  const agoOf = (scenario: Scenario, ...minutes: readonly number[]) =>
    minutes.map((each) => new Date(scenario.clock.now().getTime() - each * 60_000));

  const findingsAfter = async (...minutes: readonly number[]) => {
    const scenario = createScenario();
    const sweeps = () => Promise.resolve(agoOf(scenario, ...minutes));
    return sweepCheck.find(await patientOf(scenario, { sweeps }));
  };

  it.each([[[14]], [[12, 7, 2]], [[170, 110, 50]], [[120, 60, 1]]])(
    'is in time %s minutes ago',
    async (minutes) => {
      expect(await findingsAfter(...minutes)).toEqual([]);
    },
  );

  it('is late when three that were due did not come', async () => {
    expect(await findingsAfter(95, 65, 35)).toEqual([]);
    expect(await findingsAfter(36, 31, 26)).toMatchObject([
      { severity: 'warning', what: expect.stringContaining('26 minutes ago') },
    ]);
  });

  it('is missed less where nothing is asked for yet', async () => {
    expect(await findingsAfter()).toMatchObject([{ severity: 'note' }]);
  });

  it('is not asked of AWS while "nodeeni local" runs', async () => {
    const scenario = createScenario();
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    const lease = await acquireLease(
      scenario.kubernetes,
      scenario.clock,
      AbortSignal.timeout(60_000),
    );

    const findings = await sweepCheck.find(await patientOf(scenario));
    await lease.release();
    const afterwards = await sweepCheck.find(await patientOf(scenario));

    expect(findings).toEqual([]);
    expect(afterwards).toMatchObject([{ severity: 'error' }]);
  });
});

describe('the quota of interfaces', () => {
  it('must have room for what is still to be made', async () => {
    const scenario = createScenario();
    await scenario.addNode();
    await scenario.addNode();
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    const used = (count: number) => ({
      interfaces: () => Promise.resolve({ most: 5000, used: count }),
    });

    const fitting = await quotaCheck.find(await patientOf(scenario, used(4998)));
    const full = await quotaCheck.find(await patientOf(scenario, used(4999)));

    expect(fitting).toEqual([]);
    expect(full).toMatchObject([
      { severity: 'error', what: expect.stringContaining('4999 of 5000 network interfaces') },
    ]);
  });
});

describe('what somebody may not ask', () => {
  it('is said, and is no fault of the installation', async () => {
    const scenario = createScenario();
    const denied = () => Promise.reject(new CallError('Denied', 'AccessDenied', 'not you'));

    const outside = outsideOf(scenario, {
      interfaces: denied,
      sweeps: denied,
      concurrency: denied,
    });
    const all = await examineAll({ ...outside, kubernetes: withCrds(outside.kubernetes) });

    const severityOf = (name: string) =>
      all.find(({ check }) => check === name)?.findings.map(({ severity }) => severity);
    expect(severityOf('quota of interfaces')).toEqual(['note']);
    expect(severityOf('last sweep')).toEqual(['note']);
    expect(severityOf('concurrency of Lambda')).toEqual(['warning']);
  });
});
