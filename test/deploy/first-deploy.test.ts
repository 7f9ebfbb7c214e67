import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listAccount, listCluster } from '#test/support/deploy/inventory.ts';
import {
  createScalingGroup,
  hooksOf,
  launchInstance,
  untilCompleted,
} from '#test/support/deploy/scaling-group.ts';
import { type DeployStage, startDeployStage } from '#test/support/deploy/stage.ts';
import type { Fleet } from '#test/support/servers/fleet.ts';
import { applyNodes } from '#test/support/servers/fleet-nodes.ts';
import { nodeEniFor } from '../e2e/deployed/outcomes.ts';

const GROUP = 'workers';

let stage: DeployStage;
let fleet: Fleet;
let before: readonly string[];
let printed: string;

beforeAll(async () => {
  stage = await startDeployStage('e2e');
  fleet = await createScalingGroup(stage, { name: GROUP, clusterName: 'e2e' });
  before = await listAccount(stage);
  const options = { clusterName: 'e2e', vpcIds: [fleet.vpcId], scalingGroups: { names: [GROUP] } };
  await stage.setOptions(options);
});

afterAll(() => stage?.stop());

const deploy = (): Promise<string> => stage.sstOrThrow('deploy', '--stage', 'trial');

// One installation's life: each test goes on from the one before.
describe('an installation', () => {
  it('is made in an empty account and cluster, and waits for no pod', async () => {
    printed = await deploy();

    expect(await listAccount(stage)).toContainEqual(
      expect.stringMatching(/^function nodeeni-trial-/),
    );
    expect(await listCluster(stage)).toContain('DaemonSet/nodeeni-agent');
    expect((await hooksOf(stage, GROUP)).map(({ name }) => name).toSorted()).toEqual([
      'nodeeni-e2e-launch',
      'nodeeni-e2e-terminate',
    ]);
  });

  it('tells the secret path of its webhook to nobody but the API server', async () => {
    const told = JSON.parse(
      await stage.kubectl(['get', 'validatingwebhookconfiguration', 'nodeeni', '--output=json']),
    );
    const secret = new URL(told.webhooks[0].clientConfig.url).pathname.split('/').at(-1) ?? '';

    expect(secret).toMatch(/^[0-9a-f]{64}$/);
    expect(printed).toContain('workQueueUrl');
    expect(printed).not.toContain(secret);
    expect(await stage.readOutputs()).toContain('workQueueUrl');
    expect(await stage.readOutputs()).not.toContain(secret);
  });

  it('is not changed by a second deploy', async () => {
    stage.takeChanges();
    const objects = await listCluster(stage, { withVersions: true });

    await deploy();

    expect(stage.takeChanges()).toEqual([]);
    expect(await listCluster(stage, { withVersions: true })).toEqual(objects);
  });

  it('completes the launch hook that it made, once the interface is attached', async () => {
    const stdin = nodeEniFor({ fleet }, 'launched');
    await stage.kubectl(['apply', '--filename', '-'], { stdin });

    const node = await launchInstance(stage, { fleet, group: GROUP });
    await applyNodes(stage.kube.kubectl, [node], { ng: 'launched' });
    await untilCompleted(stage, 1);

    expect(stage.proxy.completions).toEqual([
      expect.objectContaining({ instanceId: node.instanceId, result: 'CONTINUE' }),
    ]);
  });

  it('is not removed while there is a NodeENI', async () => {
    const there = await listAccount(stage);

    const { code, output } = await stage.sst('remove', '--stage', 'trial');

    expect(code).not.toBe(0);
    expect(output).toContain('There still are NodeENIs: launched');
    expect(await listAccount(stage)).toEqual(there);
  });

  it('is removed with everything it made but the definitions', async () => {
    await stage.kubectl(['delete', 'nodeeni', 'launched', '--timeout=60s']);

    await stage.sstOrThrow('remove', '--stage', 'trial');

    expect(await listAccount(stage)).toEqual(before);
    expect(await hooksOf(stage, GROUP)).toEqual([]);
    expect(await listCluster(stage)).toEqual([
      'CustomResourceDefinition/nodeenis.networking.k8s.aws',
      'CustomResourceDefinition/nodeenistates.networking.k8s.aws',
    ]);
  });

  it('is made again where one was removed', async () => {
    await deploy();

    expect(await listCluster(stage)).toContain('DaemonSet/nodeeni-agent');
  });
});
