import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runNodeeni } from '#test/support/local-process.ts';
import { productCalls } from './ec2-observer.ts';
import { joinStage } from './join-stage.ts';
import { apply, manifestFor } from './manifests.ts';
import { untilReady } from './outcomes.ts';
import { makePeerInterface } from './peer-interface.ts';
import { openScene } from './scene.ts';
import type { Stage } from './stage.ts';

const PAGE = readFileSync(
  new URL('../../docs/reference/iam-of-commands.md', import.meta.url),
  'utf8',
);

const wordsIn = (cell = ''): string[] =>
  [...cell.matchAll(/`([^`]+)`/g)].flatMap(([, word = '']) => word);

/** What the page gives each command, as `ec2:DescribeInstances`. */
const RIGHTS = new Map(
  PAGE.split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').slice(1, -1))
    .map(([command, ec2, autoScaling]) => [
      wordsIn(command)[0] ?? '',
      [
        ...wordsIn(ec2).map((action) => `ec2:${action}`),
        ...wordsIn(autoScaling).map((action) => `autoscaling:${action}`),
      ],
    ]),
);

let stage: Stage;

beforeAll(async () => {
  stage = await joinStage();
});

afterAll(() => stage?.stop());

it('Each command calls what the page of its rights names, and nothing else', async () => {
  await using scene = await openScene(stage, { zones: ['us-east-1a'] });
  const [node] = scene.fleet.nodes;
  if (node === undefined) throw new Error('there is no node');
  await apply(scene, manifestFor(scene.fleet));
  const local = await scene.startLocal({ sweepInterval: '3s' });
  await untilReady(scene, 1);
  await local.stop();
  await makePeerInterface(scene, node, 'data', 3);
  const calledBy = async (command: string, args: readonly string[]) => {
    scene.proxy.reset();
    await runNodeeni(scene.localOptions, command, ...args);
    const calls = productCalls(scene.proxy).filter(({ service }) => service !== 'other');
    return [...new Set(calls.map(({ service, action }) => `${service}:${action}`))];
  };

  const called = new Map<string, readonly string[]>();
  for (const [command = '', ...args] of [
    ['doctor'],
    ['plan'],
    ['explain', node.name],
    ['retry', 'data'],
    ['adopt', '--yes'],
    ['gc', '--yes'],
    ['release', 'data', '--yes', '--timeout', '1s'],
    ['uninstall', '--yes', '--timeout', '1s'],
  ])
    called.set(command, await calledBy(command, args));

  const beyond = [...called].flatMap(([command, actions]) =>
    actions
      .filter((action) => RIGHTS.get(command)?.includes(action) !== true)
      .map((action) => `${command}: ${action}`),
  );
  expect([...called.keys()].toSorted()).toEqual([...RIGHTS.keys()].toSorted());
  expect([...called.values()].every((actions) => actions.length > 0)).toBe(true);
  expect(beyond).toEqual([]);
});
