import { describe, expect, it } from 'vitest';
import { createScenario, type Scenario } from '#test/support/scenario.ts';

type Undo = (scenario: Scenario, eniId: string) => void;

/** Somebody undoes each repair within a minute, for six hours. In: calls of the last hour, and what the NodeENI said each minute of it. */
const fight = async (undo: Undo) => {
  const scenario = createScenario();
  const { instanceId } = await scenario.addNode();
  await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a, sourceDestCheck: true });
  await scenario.pass(60);
  const reasons = new Set<string | undefined>();
  for (let minute = 0; minute < 360; minute += 1) {
    const [eni] = scenario.oursOn(instanceId);
    if (minute === 300) scenario.ec2.wire.log.clear();
    if (eni?.attachment?.status === 'attached') undo(scenario, eni.eniId);
    await scenario.pass(60);
    if (minute >= 300) reasons.add((await scenario.ready('data'))?.reason);
  }
  return { scenario, calls: scenario.mutating().length, reasons };
};

const UNDO: Readonly<Record<string, Undo>> = {
  'the groups': ({ ec2, groups }, eniId) => ec2.byHand.setGroups(eniId, [groups.two]),
  'the attachment': ({ ec2 }, eniId) => ec2.byHand.detach(eniId),
  'the ENI': ({ ec2 }, eniId) => ec2.byHand.delete(eniId),
  'a tag': ({ ec2 }, eniId) => ec2.byHand.removeTags(eniId, ['node.k8s.amazonaws.com/no_manage']),
};

describe('A repair that somebody undoes again and again', () => {
  it.each(Object.keys(UNDO))(
    'is made less and less often, and told of: %s',
    async (what) => {
      const { calls, reasons } = await fight(UNDO[what] ?? (() => undefined));

      expect(calls).toBeLessThan(8);
      expect(reasons).toContain('ChangedByOthers');
    },
    60_000,
  );
});

describe('An attachment that never ends', () => {
  it('has a reason after ten minutes, and is asked for no more', async () => {
    const scenario = createScenario({ ec2: { attachSeconds: 10_000_000 } });
    await scenario.addNode();
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.pass(1200);
    scenario.ec2.wire.log.clear();

    await scenario.pass(1200);

    expect(await scenario.ready('data')).toMatchObject({ status: 'False', reason: 'AttachStuck' });
    expect(scenario.mutating()).toEqual([]);
  });
});

describe('A detachment that somebody asked for by hand', () => {
  const detaching = async (detachSeconds: number) => {
    const scenario = createScenario({ ec2: { detachSeconds } });
    const { instanceId } = await scenario.addNode();
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.pass(60);
    const [eni] = scenario.oursOn(instanceId);
    await scenario.ec2.api.detachNetworkInterface({
      AttachmentId: eni?.attachment?.attachmentId ?? '',
    });
    return { scenario, eni };
  };

  it('is told of when it never ends, and nothing is made in its place', async () => {
    const { scenario } = await detaching(10_000_000);
    scenario.ec2.wire.log.clear();

    await scenario.pass(1200);

    expect(await scenario.ready('data')).toMatchObject({ status: 'False', reason: 'DetachStuck' });
    expect(scenario.mutating()).toEqual([]);
    expect(scenario.ours()).toHaveLength(1);
  });

  it('is over without a trace when it ends', async () => {
    const { scenario, eni } = await detaching(120);

    await scenario.pass(600);

    expect(await scenario.ready('data')).toMatchObject({ status: 'True' });
    const [state] = await scenario.states();
    expect(Object.values(state?.spec.interfaces ?? {})).toMatchObject([{ eniId: eni?.eniId }]);
    expect(JSON.stringify(state?.spec)).not.toContain('detachingSince');
  });
});
