import { describe, expect, it } from 'vitest';
import { hooksCheck } from '#cli/doctor/check-hooks.ts';
import { nodeEnisCheck } from '#cli/doctor/check-node-enis.ts';
import { readPatient } from '#cli/doctor/patient.ts';
import { launchHook, workersGroup } from '#test/support/launch-group.ts';
import { createScenario, type Scenario } from '#test/support/scenario.ts';

const UID = 'the-uid';

const patientOf = async ({ installation, kubernetes, clock }: Scenario) => ({
  uid: UID,
  ...(await readPatient({
    clusterName: 'prod',
    group: 'nodeeni:functions',
    now: clock.now(),
    kubernetes,
    stores: installation.operator().stores,
    account: {
      eksCluster: () => Promise.reject(new Error('No cluster of EKS is asked about.')),
      concurrency: () => Promise.resolve({ most: 1000, unreserved: 1000 }),
    },
    answers: () => Promise.resolve(true),
  })),
});

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

    expect(await findingsFor(launchHook({ clusterUid: UID }))).toEqual([]);
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
});
