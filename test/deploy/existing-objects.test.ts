import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listCluster } from '#test/support/deploy/inventory.ts';
import { type DeployStage, startDeployStage } from '#test/support/deploy/stage.ts';
import { ROOT } from '#test/support/infra/platform.ts';
import { runOrThrow } from '#test/support/servers/run-command.ts';

const NODEENI = join(ROOT, 'dist', 'cli', 'nodeeni.js');

let stage: DeployStage;

beforeAll(async () => {
  stage = await startDeployStage('e2e');
  await stage.setOptions({ clusterName: 'e2e', vpcIds: ['vpc-0123456789abcdef0'] });
});

afterAll(() => stage?.stop());

const imageOfAgent = (): Promise<string> => {
  const path = '{.spec.template.spec.containers[0].image}';
  const agent = ['daemonset', 'nodeeni-agent', '--namespace', 'nodeeni-system'];
  return stage.kubectl(['get', ...agent, '--output', `jsonpath=${path}`]);
};

// One cluster's life: each test goes on from the one before.
describe('a deploy to a cluster where the objects are', () => {
  it('takes over what kubectl made, and what somebody changed in it', async () => {
    const manifests = await runOrThrow(process.execPath, [NODEENI, 'manifests', '--agent']);
    await stage.kubectl(['apply', '--server-side', '--filename', join(ROOT, 'crds')]);
    await stage.kubectl(['apply', '--server-side', '--filename', '-'], { stdin: manifests });
    const image = await imageOfAgent();
    const agent = ['daemonset/nodeeni-agent', '--namespace', 'nodeeni-system'];
    await stage.kubectl(['set', 'image', ...agent, 'agent=registry.example/node:old']);
    const objects = await listCluster(stage);

    await stage.sstOrThrow('deploy', '--stage', 'first');

    expect(await listCluster(stage)).toEqual(expect.arrayContaining([...objects]));
    expect(await imageOfAgent()).toBe(image);
  });

  it('takes over what another stage made', async () => {
    await stage.sstOrThrow('deploy', '--stage', 'second');

    expect(stage.takeChanges().filter(({ action }) => action === 'remove')).toEqual([]);
  });
});
