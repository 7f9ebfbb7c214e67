import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listAccount, listCluster } from '#test/support/deploy/inventory.ts';
import { deployOverLeftovers } from '#test/support/deploy/leftovers.ts';
import type { SstResult, SstRun } from '#test/support/deploy/sst-command.ts';
import { type DeployStage, startDeployStage } from '#test/support/deploy/stage.ts';

/** What is asked for when about two thirds are made, and queues, roles and functions among them. */
const LATE = 'aws:lambda/eventSourceMapping:EventSourceMapping';

let stage: DeployStage;

beforeAll(async () => {
  stage = await startDeployStage('e2e');
  await stage.setOptions({ clusterName: 'e2e', vpcIds: ['vpc-0123456789abcdef0'] });
});

afterAll(() => stage?.stop());

/** Deploys, and does something to the run as soon as the first thing of a type is to be made. */
const deployUntil = async (
  name: string,
  type: string,
  end: (run: SstRun) => void,
): Promise<SstResult> => {
  const run = stage.start('deploy', '--stage', name);
  stage.onChange((change) => {
    if (change.type !== type) return;
    stage.onChange(undefined);
    end(run);
  });
  return run.result;
};

/** What is in the account now and was not before. */
const addedTo = async (before: readonly string[]): Promise<readonly string[]> =>
  (await listAccount(stage)).filter((item) => !before.includes(item));

describe('a deploy that ends in the middle', () => {
  it('by Ctrl-C is completed by the next, and a removal leaves nothing', async () => {
    const before = await listAccount(stage);

    const broken = await deployUntil('ctrlc', LATE, (run) => run.interrupt());
    await stage.sstOrThrow('deploy', '--stage', 'ctrlc');
    const installed = await listCluster(stage);
    await stage.sstOrThrow('remove', '--stage', 'ctrlc');

    expect(broken.code, broken.output).not.toBe(0);
    expect(installed).toContain('DaemonSet/nodeeni-agent');
    expect(await addedTo(before)).toEqual([]);
  });

  it('by a refusal of AWS is completed once its cause is gone', async () => {
    const before = await listAccount(stage);
    const logGroupName = '/nodeeni/taken/sweep';
    await stage.calls.json('logs', 'Logs_20140328.CreateLogGroup', { logGroupName });

    const refused = await stage.sst('deploy', '--stage', 'taken');
    await stage.calls.json('logs', 'Logs_20140328.DeleteLogGroup', { logGroupName });
    await stage.sstOrThrow('deploy', '--stage', 'taken');
    await stage.sstOrThrow('remove', '--stage', 'taken');

    expect(refused.code).not.toBe(0);
    expect(refused.output).toContain('ResourceAlreadyExistsException');
    expect(await addedTo(before)).toEqual([]);
  });

  it('with its machine is completed once the names are free that SST had not yet noted; what is there twice has the name of the stage', async () => {
    const before = await listAccount(stage);

    await deployUntil('lost', LATE, (run) => run.kill());
    const locked = await stage.sst('deploy', '--stage', 'lost');
    await stage.sstOrThrow('unlock', '--stage', 'lost');
    await deployOverLeftovers(stage, 'lost');
    const installed = await listCluster(stage);
    await stage.sstOrThrow('remove', '--stage', 'lost');
    const left = (await addedTo(before)).filter((item) => !item.startsWith('mapping '));

    expect(locked.code, locked.output).not.toBe(0);
    expect(installed).toContain('DaemonSet/nodeeni-agent');
    expect(left.filter((item) => !/nodeeni.lost/.test(item))).toEqual([]);
  });
});
