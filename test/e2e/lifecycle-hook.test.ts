import { setTimeout as sleep } from 'node:timers/promises';
import { AutoScalingClient, PutLifecycleHookCommand } from '@aws-sdk/client-auto-scaling';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAutoScalingGroup } from '#test/support/servers/auto-scaling-group.ts';
import { awsClientConfig } from '#test/support/servers/fleet.ts';
import { type FleetNode, runInstances } from '#test/support/servers/fleet-nodes.ts';
import { productCalls } from './ec2-observer.ts';
import { joinStage } from './join-stage.ts';
import { apply, manifestFor } from './manifests.ts';
import { eventually } from './outcomes.ts';
import { openScene, type Scene } from './scene.ts';
import type { Stage } from './stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await joinStage();
});

afterAll(() => stage?.stop());

type Launch = { readonly group: string; readonly hook: string; readonly node: FleetNode };

/** What the hook says of itself: whose it is, and the labels its nodes will carry. */
const metadata = (cluster: string) =>
  JSON.stringify({ cluster, labels: { ng: 'multi-eni' }, onDeadline: 'ABANDON' });

/** An instance that Auto Scaling holds in `Pending:Wait` before it has joined Kubernetes. */
const launch = async ({ fleet, ec2, proxy }: Scene): Promise<Launch> => {
  const [subnet] = fleet.subnets;
  if (subnet === undefined) throw new Error('The fleet has no subnet.');
  const groupIds = fleet.groups.slice(0, 1).map(({ id }) => id);
  const { cluster } = fleet;
  const instanceType = 'm5.4xlarge';
  const nodes = await runInstances(ec2, { cluster, subnet, groupIds, instanceType, count: 1 });
  const [node] = nodes;
  if (node === undefined) throw new Error('No instance was started.');
  const { name: group, hook } = await createAutoScalingGroup({
    awsUrl: proxy.url,
    fleet: { ...fleet, nodes },
  });
  await new AutoScalingClient(awsClientConfig(proxy.url)).send(
    new PutLifecycleHookCommand({
      AutoScalingGroupName: group,
      LifecycleHookName: hook,
      LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
      HeartbeatTimeout: 300,
      DefaultResult: 'ABANDON',
      NotificationMetadata: metadata(cluster),
    }),
  );
  proxy.setLifecycleState(node.instanceId, 'Pending:Wait', 'token-1');
  return { group, hook, node };
};

/** The event as EventBridge delivers it ("Amazon EC2 Auto Scaling event reference"). */
const launchEvent = ({ group, hook, node }: Launch, cluster: string) => ({
  version: '0',
  id: '12345678-1234-1234-1234-123456789012',
  'detail-type': 'EC2 Instance-launch Lifecycle Action',
  source: 'aws.autoscaling',
  account: '123456789012',
  time: new Date().toISOString(),
  region: 'us-east-1',
  resources: [],
  detail: {
    LifecycleActionToken: 'token-1',
    AutoScalingGroupName: group,
    LifecycleHookName: hook,
    EC2InstanceId: node.instanceId,
    LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
    NotificationMetadata: metadata(cluster),
    Origin: 'EC2',
    Destination: 'AutoScalingGroup',
  },
});

const post = (url: string, event: object): Promise<Response> =>
  fetch(`${url}/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(event),
  });

const expectCompleted = async (scene: Scene, { group, hook, node }: Launch): Promise<void> => {
  const { instanceId } = node;
  await eventually(async () =>
    expect(scene.proxy.completions).toEqual([
      expect.objectContaining({ group, hook, instanceId, result: 'CONTINUE' }),
    ]),
  );
  const order = productCalls(scene.proxy).map(({ action }) => action);
  const attached = order.indexOf('AttachNetworkInterface');
  expect(attached).toBeGreaterThanOrEqual(0);
  expect(order.indexOf('CompleteLifecycleAction')).toBeGreaterThan(attached);
  expect(await scene.interfaces()).toEqual([
    expect.objectContaining({ instanceId, deviceIndex: 2, deleteOnTermination: true }),
  ]);
};

/** A NodeENI that has its finalizer and no node yet: no reconcile at an instance is under way. */
const applyAlone = async (scene: Scene): Promise<void> => {
  await apply(scene, manifestFor(scene.fleet));
  await eventually(async () => {
    const nodeEni = await scene.client.nodeEni('data');
    expect(nodeEni?.status?.conditions?.[0]?.reason).toBe('NoMatchingNodes');
  });
};

describe('an instance that waits for its launch hook', () => {
  it('continues once its interface is attached, told of by the event', async () => {
    await using scene = await openScene(stage, { size: 0, zones: ['us-east-1a'] });
    const local = await scene.startLocal();
    await applyAlone(scene);
    const launched = await launch(scene);
    scene.proxy.reset();

    const answer = await post(local.url, launchEvent(launched, scene.fleet.cluster));

    expect(answer.ok).toBe(true);
    await expectCompleted(scene, launched);
  });

  it('continues by the next sweep when the event is lost', async () => {
    await using scene = await openScene(stage, { size: 0, zones: ['us-east-1a'] });
    await scene.startLocal({ sweepInterval: '3s' });
    await applyAlone(scene);

    const launched = await launch(scene);

    await expectCompleted(scene, launched);
  });

  it('is kept alive and does not continue while its interface cannot be made', async () => {
    await using scene = await openScene(stage, { size: 0, zones: ['us-east-1a'] });
    const local = await scene.startLocal({ sweepInterval: '3s' });
    await applyAlone(scene);
    const launched = await launch(scene);
    scene.proxy.failNext('CreateNetworkInterface', 'UnauthorizedOperation', 1_000);

    await post(local.url, launchEvent(launched, scene.fleet.cluster));
    await eventually(async () => {
      const heartbeats = scene.proxy.heartbeats.map(({ instanceId }) => instanceId);
      expect(heartbeats).toContain(launched.node.instanceId);
      expect(scene.proxy.counts()).toHaveProperty('CreateNetworkInterface');
    });
    await sleep(4_000);

    expect(scene.proxy.completions).toEqual([]);
  });
});

describe('POST /events', () => {
  it('takes an event that is of no interest and makes no EC2 call', async () => {
    await using scene = await openScene(stage, { size: 0 });
    const local = await scene.startLocal();
    scene.proxy.reset();

    const answer = await post(local.url, {
      source: 'aws.s3',
      'detail-type': 'Object Created',
      detail: {},
    });
    await sleep(1_500);

    expect(answer.ok).toBe(true);
    expect(productCalls(scene.proxy)).toEqual([]);
  });
});
