import { describe, expect, it } from 'vitest';
import { ASG_NAME_TAG } from '#core/apis/v1alpha1/names.ts';
import { createObserver } from '#core/controllers/instance-interfaces/observe/observer.ts';
import type { LifecycleHook } from '#core/ports/scaling.ts';
import { ago, aNode, anInstance, INSTANCE_ID } from '#test/support/builders.ts';
import { aSmallWorld, type World } from '../small-world.ts';

const GROUPED = { instances: [anInstance({ tags: { [ASG_NAME_TAG]: 'workers' } })] };
const LABEL_TAG = 'k8s.io/cluster-autoscaler/node-template/label/';
const { readySince: _, ...UNREADY } = aNode();

const aHook = (metadata: object): LifecycleHook => ({
  groupName: 'workers',
  hookName: 'hook',
  transition: 'launching',
  heartbeatTimeoutSeconds: 300,
  notificationMetadata: JSON.stringify(metadata),
});

const predicted = async (world: World) => {
  const { dependencies, given, asked } = aSmallWorld(world);
  const { predictions } = await createObserver(dependencies)(given);
  return { labels: predictions.get(INSTANCE_ID), asked };
};

const readyFor = (seconds: number) => aNode({ readySince: new Date(ago(seconds)) });

describe('the labels that a node is to carry', () => {
  it.each<[string, World, object | undefined]>([
    [
      'the tags of the group and our hooks',
      {
        groupTags: { [`${LABEL_TAG}ng`]: 'a', owner: 'me' },
        hooks: [aHook({ cluster: 'prod', labels: { zone: 'b' } })],
      },
      { ng: 'a', zone: 'b' },
    ],
    [
      'no hook of another cluster, and none without labels',
      {
        groupTags: { [`${LABEL_TAG}ng`]: 'a' },
        hooks: [
          aHook({ cluster: 'test', labels: { zone: 'b' } }),
          aHook({ cluster: 'prod', clusterUid: 'another', labels: { zone: 'b' } }),
          aHook({ cluster: 'prod' }),
        ],
      },
      { ng: 'a' },
    ],
    ['nothing', { groupTags: { owner: 'me' } }, undefined],
    [
      "nothing where the group is another cluster's, of our name",
      {
        groupTags: { [`${LABEL_TAG}ng`]: 'a' },
        hooks: [aHook({ cluster: 'prod', clusterUid: 'another' })],
      },
      undefined,
    ],
  ])('are reported by %s', async (_name, world, labels) => {
    expect((await predicted({ ...GROUPED, nodes: [], ...world })).labels).toEqual(labels);
  });

  it.each<[string, World, boolean]>([
    ['there is no node yet', { nodes: [] }, true],
    ['the node is not ready', { nodes: [UNREADY] }, true],
    ['the node is ready for less than ten minutes', { nodes: [readyFor(599)] }, true],
    ['the node is ready for ten minutes', { nodes: [readyFor(600)] }, false],
    ['the instance is in no group', { nodes: [], instances: [anInstance()] }, false],
  ])('are asked for when %s, case %#', async (_name, world, isAsked) => {
    const { asked } = await predicted({ ...GROUPED, ...world });

    expect(asked.includes('tags of workers')).toBe(isAsked);
    expect(asked.includes('hooks of workers')).toBe(isAsked);
    expect(asked.some((text) => text.startsWith('tags of'))).toBe(isAsked);
  });
});
