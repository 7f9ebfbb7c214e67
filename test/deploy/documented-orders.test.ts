import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import { kubeOf } from '#test/support/deploy/cluster.ts';
import { listCluster } from '#test/support/deploy/inventory.ts';
import { type DeployStage, startDeployStage } from '#test/support/deploy/stage.ts';
import { ROOT } from '#test/support/infra/platform.ts';
import { applyGoController } from '../e2e/guides/go-controller.ts';
import { type Guide, openGuide } from '../e2e/guides/run-guide.ts';

const AGENT = 'DaemonSet/nodeeni-agent';

let stage: DeployStage;

beforeAll(async () => {
  stage = await startDeployStage('newcomer', 'migrated');
});

afterAll(() => stage?.stop());

const deploy = async (clusterName: string, options: object = {}): Promise<void> => {
  await stage.setOptions({ clusterName, vpcIds: ['vpc-0123456789abcdef0'], ...options });
  await stage.sstOrThrow('deploy', '--stage', clusterName);
};

const readNodeEni = async (clusterName: string): Promise<NodeEni> => {
  const args = ['get', 'nodeeni', 'multus-eni-config', '--output', 'json'];
  return JSON.parse(await stage.kubectl(args, { clusterName })) as NodeEni;
};

const uidsOfDefinitions = (clusterName: string): Promise<string> =>
  stage.kubectl(['get', 'crd', '--output', 'jsonpath={.items[*].metadata.uid}'], { clusterName });

describe('the order of the README', () => {
  it('leads from definitions and a first NodeENI to a deploy that keeps both', async () => {
    const name = 'newcomer';
    await stage.kubectl(['apply', '--server-side', '--filename', join(ROOT, 'crds')], {
      clusterName: name,
    });
    await stage.kubectl(['apply', '--filename', join(ROOT, 'examples', 'basic.yaml')], {
      clusterName: name,
    });
    const before = { nodeEni: await readNodeEni(name), uids: await uidsOfDefinitions(name) };

    await deploy(name);

    expect(await uidsOfDefinitions(name)).toBe(before.uids);
    const { metadata, spec } = await readNodeEni(name);
    expect({ uid: metadata.uid, spec }).toEqual({
      uid: before.nodeEni.metadata.uid,
      spec: before.nodeEni.spec,
    });
    expect(await listCluster({ kube: kubeOf(stage, name) })).toContain(AGENT);
  });
});

// One cluster's life: each test goes on from the one before.
describe('the order of the migration guide', () => {
  const name = 'migrated';
  let guide: Guide;
  let uid: string;

  beforeAll(async () => {
    await applyGoController(kubeOf(stage, name).kubectl);
    await stage.kubectl(['apply', '--filename', join(ROOT, 'examples', 'basic.yaml')], {
      clusterName: name,
    });
    uid = (await readNodeEni(name)).metadata.uid;
    const { kubeconfigFile } = kubeOf(stage, name);
    guide = await openGuide('migrate-from-the-go-controller', {
      kubeconfigFile,
      awsUrl: stage.proxy.url,
    });
  });

  afterAll(() => guide?.close());

  it('deploys over the definition and the NodeENIs of the Go controller, without a second agent', async () => {
    await guide.follow('1-stop-the-go-controller');
    await guide.follow('2-bring-in-the-new-crds');
    await guide.follow('3-pause-everything');

    await deploy(name, { agent: { isOn: false } });

    const { metadata, spec } = await readNodeEni(name);
    expect({ uid: metadata.uid, paused: spec.paused }).toEqual({ uid, paused: true });
    const objects = await listCluster({ kube: kubeOf(stage, name) });
    expect(objects).toContain('ValidatingWebhookConfiguration/nodeeni');
    expect(objects).not.toContain(AGENT);
  });

  it('brings the agent by a second deploy, when the old one is gone', async () => {
    const definitions = await uidsOfDefinitions(name);
    await guide.follow('7-change-the-agents');

    await deploy(name);

    expect(await listCluster({ kube: kubeOf(stage, name) })).toContain(AGENT);
    expect(await uidsOfDefinitions(name)).toBe(definitions);
    expect((await readNodeEni(name)).metadata.uid).toBe(uid);
  });
});
