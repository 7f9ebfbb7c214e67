import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FINALIZER } from '#core/apis/v1alpha1/names.ts';
import type { AwsProxy } from '#test/support/servers/aws-proxy.ts';
import { countByAction, isMutating, productCalls } from './ec2-observer.ts';
import { joinStage } from './join-stage.ts';
import { STATES_PATH } from './kube-client.ts';
import { apply, manifestFor } from './manifests.ts';
import { conditionOf, eventually, remove, untilGone, untilReady } from './outcomes.ts';
import { openScene } from './scene.ts';
import type { Stage } from './stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await joinStage();
});

afterAll(() => stage?.stop());

const ec2Actions = [
  'DescribeInstances',
  'DescribeNetworkInterfaces',
  'DescribeSubnets',
  'DescribeSecurityGroups',
  'DetachNetworkInterface',
  'DeleteNetworkInterface',
];

/** EC2 as it is when it is down: every call fails until the proxy is reset. */
const takeDown = (proxy: AwsProxy): void => {
  for (const action of ec2Actions) proxy.failNext(action, 'Unavailable', 10_000);
};

describe('a node', () => {
  it('that loses its label loses its interface', async () => {
    await using scene = await openScene(stage, { size: 2, zones: ['us-east-1a'] });
    const [leaving, staying] = scene.fleet.nodes;
    await scene.startLocal();
    await apply(scene, manifestFor(scene.fleet));
    await untilReady(scene, 2);

    await stage.kubectl(['label', 'node', leaving?.name ?? '', 'ng-']);
    await untilReady(scene, 1);

    const left = (await scene.interfaces()).map(({ instanceId }) => instanceId);
    expect(left).toEqual([staying?.instanceId]);
  });
});

describe('a deleted NodeENI', () => {
  it('takes its interfaces along with one detach and one delete each', async () => {
    await using scene = await openScene(stage, { size: 3, zones: ['us-east-1a'] });
    await scene.startLocal();
    await apply(scene, manifestFor(scene.fleet));
    await untilReady(scene, 3);
    scene.proxy.reset();

    await remove(scene);
    await untilGone(scene);

    expect(await scene.interfaces()).toEqual([]);
    expect(countByAction(productCalls(scene.proxy).filter(isMutating))).toEqual({
      DetachNetworkInterface: 3,
      DeleteNetworkInterface: 3,
    });
    const states = await scene.client.states();
    expect(states.map(({ spec }) => spec.interfaces ?? {})).toEqual(states.map(() => ({})));
  });

  it('stays while EC2 does not answer, and goes afterwards', async () => {
    await using scene = await openScene(stage);
    await scene.startLocal({ sweepInterval: '3s' });
    await apply(scene, manifestFor(scene.fleet));
    await untilReady(scene, 1);
    takeDown(scene.proxy);

    await remove(scene);
    await eventually(async () =>
      expect(scene.proxy.calls.filter(({ action }) => action === 'DescribeInstances')).not.toEqual(
        [],
      ),
    );
    await sleep(4_000);
    const held = await scene.client.nodeEni('data');
    expect(held?.metadata.finalizers).toEqual([FINALIZER]);
    expect(held?.metadata.deletionTimestamp).toBeDefined();

    scene.proxy.reset();
    await untilGone(scene);

    expect(await scene.interfaces()).toEqual([]);
  });

  it('goes at once when it selected nothing', async () => {
    await using scene = await openScene(stage, { labels: { ng: 'plain' } });
    await scene.startLocal();
    await apply(scene, manifestFor(scene.fleet));
    await eventually(async () =>
      expect(conditionOf(await scene.client.nodeEni('data'))?.reason).toBe('NoMatchingNodes'),
    );
    scene.proxy.reset();

    await remove(scene);
    await untilGone(scene);

    expect(productCalls(scene.proxy).filter(isMutating)).toEqual([]);
    expect(await scene.client.names(STATES_PATH)).toEqual([]);
  });
});
