import { afterAll, beforeAll, expect, it } from 'vitest';
import { PEER_TAGS } from '#core/apis/v1alpha1/names.ts';
import { NODE_ENIS_PATH } from '../kube-client.ts';
import { apply, manifestFor } from '../manifests.ts';
import { attachmentsOf, conditionOf, eventually, untilReady } from '../outcomes.ts';
import { openScene, type Scene } from '../scene.ts';
import { type Stage, startStage } from '../stage.ts';
import { DPDK, DPDK_NAME, installGoController } from './go-controller.ts';
import { type Guide, openGuide } from './run-guide.ts';

const MINUTE_MS = 60_000;
const NAME = 'multus-eni-config';

let stage: Stage;

beforeAll(async () => {
  stage = await startStage();
});

afterAll(() => stage?.stop());

const openPage = (scene: Scene, name: string): Promise<Guide> =>
  openGuide(name, {
    kubeconfigFile: stage.kubeconfigFile,
    awsUrl: scene.proxy.url,
    env: { WEBHOOK_URL: 'https://relay.example.com/0123456789abcdef' },
  });

const eniIdsIn = async (scene: Scene) =>
  (await scene.interfaces()).map(({ eniId }) => eniId).toSorted();

const rowsIn = async ({ client }: Scene) =>
  (await Promise.all([NAME, DPDK_NAME].map((name) => client.nodeEni(name)))).flatMap(attachmentsOf);

/** Whoever reads the Go controller's rows finds in them what was there before. */
const expectSameRows = (
  now: Awaited<ReturnType<typeof rowsIn>>,
  before: Awaited<ReturnType<typeof rowsIn>>,
): void => {
  const asBefore = before.map(({ lastUpdated: _time, ...row }) => expect.objectContaining(row));
  expect(now).toHaveLength(before.length);
  expect(now).toEqual(expect.arrayContaining(asBefore));
};

/** The tags by which bills and filters go stay, and the agent is told that these devices were there before it. */
const expectTakenOver = async (scene: Scene): Promise<void> => {
  for (const { tags } of await scene.interfaces()) {
    expect(Object.keys(tags)).toEqual(
      expect.arrayContaining(['Name', PEER_TAGS.nodeEni, PEER_TAGS.node, PEER_TAGS.subnet]),
    );
    expect(tags).not.toHaveProperty(PEER_TAGS.managedBy);
  }
  const records = (await scene.client.states()).flatMap(({ spec }) =>
    Object.entries(spec.interfaces ?? {}),
  );
  for (const [slot, record] of records.filter(([slot]) => slot.startsWith(`${DPDK_NAME}/`))) {
    expect({ slot, record }).toMatchObject({
      record: {
        dpdk: {
          driver: DPDK.dpdkDriver,
          resourceName: DPDK.dpdkResourceName,
          pciAddress: DPDK.dpdkPCIAddress,
        },
      },
    });
    expect(record).not.toHaveProperty('create');
  }
};

const reasonOf = async (scene: Scene) => conditionOf(await scene.client.nodeEni(NAME))?.reason;

it(
  'the guides of migration, upgrade and removal lead from the Go controller to nothing',
  async () => {
    await using scene = await openScene(stage, {
      size: 2,
      zones: ['us-east-1a'],
      cluster: 'production',
    });
    const inherited = await installGoController(scene);
    const all = await eniIdsIn(scene);
    const before = await rowsIn(scene);

    const migrate = await openPage(scene, 'migrate-from-the-go-controller');
    await migrate.follow('what-is-different-afterwards');
    await migrate.follow('the-tags-of-your-instances');
    await migrate.follow('1-stop-the-go-controller');
    await migrate.follow('2-bring-in-the-new-crds');
    await migrate.follow('3-pause-everything');
    expect((await scene.client.nodeEni(NAME))?.spec.paused).toBe(true);

    await scene.startLocal({ sweepInterval: '3s' });
    await eventually(async () => expect(await reasonOf(scene)).toBe('NeedsAdoption'));
    await migrate.follow('4-deploy-nodeeni');
    const [dryRun] = await migrate.follow('5-adopt');
    for (const eniId of inherited) expect(dryRun).toContain(eniId);
    await eventually(async () => expect(await reasonOf(scene)).not.toBe('NeedsAdoption'));
    const [plan] = await migrate.follow('6-look-at-the-plan-then-let-it-run');
    expect(plan).not.toMatch(/\b(create|detach|delete) /);
    await untilReady(scene, 2, NAME);
    await untilReady(scene, 2, DPDK_NAME);
    expectSameRows(await rowsIn(scene), before);
    await expectTakenOver(scene);
    await migrate.follow('7-change-the-agents');
    await migrate.follow('8-clean-up');
    expect(await eniIdsIn(scene)).toEqual(all);
    expect(migrate.left()).toEqual([]);
    await migrate.close();

    const upgrade = await openPage(scene, 'upgrade');
    await upgrade.follow('before');
    await upgrade.follow('the-functions-and-the-clusters-objects');
    await upgrade.follow('the-agent');
    const [, after] = await upgrade.follow('after');
    // Two nodes with two interfaces each.
    expect(after?.match(/: nothing to do /g)).toHaveLength(4);
    expect(await eniIdsIn(scene)).toEqual(all);
    expect(upgrade.left()).toEqual([]);
    await upgrade.close();

    const remove = await openPage(scene, 'remove');
    const unmatched = manifestFor(scene.fleet, { nodeSelector: { ng: 'none' } }, 'my-nodeeni');
    // Each way ends it, and the next one is for one that does not go.
    await remove.follow('give-up-on-one-nodeeni', () => apply(scene, unmatched));
    await remove.follow('1-release-everything');
    expect(await scene.client.names(NODE_ENIS_PATH)).toEqual([]);
    expect((await eniIdsIn(scene)).filter((eniId) => inherited.includes(eniId))).toEqual([]);
    await remove.follow('2-remove-the-deploy');
    await remove.follow('3-remove-the-crds');
    expect((await stage.kubectl(['get', 'crd', '--output', 'name'])).stdout).not.toContain(
      'nodeeni',
    );
    expect(remove.left()).toEqual([]);
    await remove.close();
  },
  5 * MINUTE_MS,
);
