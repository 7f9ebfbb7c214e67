import { describe, expect, it } from 'vitest';
import { isForeignRow } from '#core/apis/v1alpha1/node-eni.ts';
import { attachmentOf } from '#core/controllers/roll-up/rows.ts';
import { CallError } from '#core/errors.ts';
import { NODE_ENIS } from '#providers/kubernetes/resources.ts';
import { createCommandDocument, createCommandHost } from '#test/support/command-host.ts';
import { launchHook, workersGroup } from '#test/support/launch-group.ts';
import { createScenario } from '#test/support/scenario.ts';

// Each of these was found by the fault campaign; the seed is that of the history it was found in.

describe('An interface that somebody attached elsewhere', () => {
  it('after a crash hid who made it is given up, and its create call is not replayed (seed 1159)', async () => {
    const scenario = createScenario();
    const { ec2, installation } = scenario;
    const node = await scenario.addNode();
    const other = await scenario.addNode({ labels: { ng: 'plain' } });
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    ec2.wire.crashAfter(2, installation.kill);
    await scenario.pass(60);
    const [eni] = scenario.ours();
    ec2.byHand.move(eni?.eniId ?? '', other.instanceId, 7);

    installation.restart();
    await scenario.pass(900);

    const touched = ec2.wire.log.mutating.filter(({ input }) =>
      JSON.stringify(input).includes(eni?.eniId ?? ''),
    );
    expect(touched.map(({ action }) => action)).toEqual(['AttachNetworkInterface', 'DeleteTags']);
    expect(scenario.oursOn(node.instanceId)).toHaveLength(1);
    expect(await scenario.ready('data')).toMatchObject({ status: 'True' });
  });
});

describe('An interface that was taken', () => {
  it('is replaced at once, also when it comes loose again soon after (seed 21165)', async () => {
    const scenario = createScenario();
    const { ec2 } = scenario;
    const node = await scenario.addNode();
    const other = await scenario.addNode({ labels: { ng: 'plain' } });
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.pass(20);
    const [eni] = scenario.ours();
    ec2.byHand.move(eni?.eniId ?? '', other.instanceId, 7);
    await scenario.kubernetes.labelNode(node.name, { touched: 'yes' });
    await scenario.pass(20);

    ec2.byHand.detach(eni?.eniId ?? '');
    await scenario.pass(400);

    expect(scenario.oursOn(node.instanceId)).toHaveLength(1);
    expect(await scenario.ready('data')).toMatchObject({ status: 'True' });
  });
});

describe('An interface that is taken in the very reconcile that made it', () => {
  it('is replaced by one with a token of its own (seed 30824)', async () => {
    const scenario = createScenario();
    const { ec2 } = scenario;
    const node = await scenario.addNode();
    const other = await scenario.addNode({ labels: { ng: 'plain' } });
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    let taken = '';
    ec2.wire.crashAfter(3, () => {
      taken = scenario.ours()[0]?.eniId ?? '';
      ec2.byHand.move(taken, other.instanceId, 7);
    });

    await scenario.pass(60);

    const [own, ...others] = scenario.oursOn(node.instanceId);
    expect(others).toEqual([]);
    expect(own?.eniId).not.toBe(taken);
    expect(await scenario.ready('data')).toMatchObject({ status: 'True' });
  });
});

describe('A required device index', () => {
  it('is not taken for occupied by the very interface that EC2 does not show yet (seed 1462)', async () => {
    const scenario = createScenario({ ec2: { consistencySeconds: 5, attachSeconds: 20 } });
    await scenario.addNode();
    await scenario.applyNodeEni('data', {
      subnetID: scenario.subnets.a,
      deviceIndexPolicy: 'Require',
    });

    await scenario.pass(60);

    expect(await scenario.status('data')).toMatchObject({
      summary: '1/1',
      attachments: [{ status: 'attached' }],
    });
  });
});

describe('A status row of an interface that was not reconciled yet', () => {
  it('is not taken for one of the Go controller later (seed 1159)', () => {
    const row = {
      slot: 'data/subnet-1',
      instanceId: 'i-1',
      nodeName: undefined,
      status: undefined,
      record: {
        nodeEniUid: 'uid',
        subnetId: 'subnet-1',
        phase: 'Present' as const,
        generation: 1,
        eniId: 'eni-1',
      },
      host: undefined,
      hasAgent: false,
    };

    const attachment = attachmentOf(row, [], new Date(0));

    expect(attachment).toMatchObject({ eniID: 'eni-1', reason: 'InProgress' });
    expect(isForeignRow(attachment)).toBe(false);
  });
});

describe('An interface that EC2 does not show yet', () => {
  it('is not made twice when its create call was long decided and only now got through (seed 3200)', async () => {
    const scenario = createScenario({ ec2: { consistencySeconds: 20 } });
    const { wire } = scenario.ec2;
    const node = await scenario.addNode();
    // The parameters are recorded, and the process dies before EC2 hears of them.
    wire.hangNext('CreateNetworkInterface');
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.pass(20);
    scenario.installation.kill();
    scenario.installation.restart();

    let most = 0;
    for (let second = 0; second < 600; second += 1) {
      await scenario.pass(1);
      // Reconciles come as often as people change things.
      await scenario.kubernetes.labelNode(node.name, { second: `${second}` });
      most = Math.max(most, scenario.ours().length);
    }

    expect(most).toBe(1);
    expect(scenario.oursOn(node.instanceId)).toHaveLength(1);
  });

  it('is not made twice when its answer is lost after other failures (seed 254840842)', async () => {
    const scenario = createScenario({ ec2: { consistencySeconds: 45 } });
    const { wire } = scenario.ec2;
    await scenario.addNode();
    for (const code of ['TimeoutError', 'TimeoutError', 'InsufficientFreeAddressesInSubnet'])
      wire.failNext('CreateNetworkInterface', { code });
    wire.failNextAfterEffect('CreateNetworkInterface');
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });

    let most = 0;
    for (let second = 0; second < 900; second += 1) {
      await scenario.pass(1);
      most = Math.max(most, scenario.ours().length);
    }

    expect(most).toBe(1);
  });
});

describe('An index that an interface cannot leave', () => {
  it('is given to nobody else, so that no refused call repeats (seed 2604)', async () => {
    const scenario = createScenario();
    await scenario.addNode();
    const { a, a2 } = scenario.subnets;
    await scenario.applyNodeEni('blocker', { subnetID: a, deviceIndex: 3 });
    await scenario.pass(60);
    await scenario.applyNodeEni('data', { subnetID: a, deviceIndex: 4 });
    await scenario.pass(60);

    const edit = {
      subnetID: null,
      subnetIDs: [a, a2],
      deviceIndex: 3,
      deviceIndexPolicy: 'Require',
    };
    const patch = { type: 'merge', body: { spec: edit } } as const;
    await scenario.kubernetes.patch(NODE_ENIS, 'data', patch);
    await scenario.pass(600);
    const before = scenario.mutating().length;
    await scenario.pass(3600);

    expect(await scenario.ready('data')).toMatchObject({ reason: 'DeviceIndexInUse' });
    expect(scenario.mutating()).toHaveLength(before);
  });

  it('is given to nobody else while its NodeENI is paused (seed 31576)', async () => {
    const scenario = createScenario();
    await scenario.addNode();
    const { a, a2 } = scenario.subnets;
    await scenario.applyNodeEni('still', { subnetID: a, deviceIndex: 2 });
    await scenario.pass(60);
    const edit = { deviceIndex: 4, deviceIndexPolicy: 'Require', paused: true };
    const patch = { type: 'merge', body: { spec: edit } } as const;
    await scenario.kubernetes.patch(NODE_ENIS, 'still', patch);

    await scenario.applyNodeEni('data', {
      subnetID: a2,
      deviceIndex: 2,
      deviceIndexPolicy: 'Require',
    });
    await scenario.pass(600);
    const before = scenario.mutating().length;
    await scenario.pass(3600);

    expect(await scenario.ready('data')).toMatchObject({ reason: 'DeviceIndexInUse' });
    expect(scenario.mutating()).toHaveLength(before);
  });
});

describe('A pause', () => {
  it('does not keep the interface of an earlier NodeENI of that name (seed 167)', async () => {
    const scenario = createScenario();
    await scenario.addNode();
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.pass(300);
    const force = { type: 'merge', body: { metadata: { finalizers: null } } } as const;
    await scenario.kubernetes.patch(NODE_ENIS, 'data', force);
    await scenario.deleteNodeEni('data');

    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a, paused: true });
    await scenario.pass(900);

    expect(scenario.ours()).toEqual([]);
  });
});

describe('A NodeENI of which nothing is known on a node', () => {
  it('does not keep the interface of an earlier one of its name (seed 1559)', async () => {
    const scenario = createScenario();
    const node = await scenario.addNode();
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.pass(300);
    await scenario.kubernetes.deleteNode(node.name);
    const force = { type: 'merge', body: { metadata: { finalizers: null } } } as const;
    await scenario.kubernetes.patch(NODE_ENIS, 'data', force);
    await scenario.deleteNodeEni('data');

    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.pass(900);

    expect(scenario.ours()).toEqual([]);
  });
});

describe('A second interface for a slot', () => {
  it('goes when its instance has ended, although the first is kept (seed 800086)', async () => {
    const scenario = createScenario();
    const node = await scenario.addNode();
    const subnetId = scenario.subnets.a;
    await scenario.applyNodeEni('data', { subnetID: subnetId, deleteOnTermination: false });
    await scenario.pass(60);
    const [kept] = scenario.ours();
    const tags = Object.fromEntries(kept?.tags ?? []);
    scenario.ec2.fleet.terminateInstance(node.instanceId);
    const second = scenario.ec2.byHand.create({ subnetId, tags });

    await scenario.pass(1200);

    const left = scenario.ours().map(({ eniId }) => eniId);
    expect(left).not.toContain(second);
    expect(left).toEqual([kept?.eniId]);
  });
});

describe('A launching instance', () => {
  it('waits for a NodeENI that has no finalizer yet (seed 567)', async () => {
    let isRefusing = true;
    const refusal = { error: new CallError('Denied', 'Forbidden', 'no'), when: 'before' } as const;
    const scenario = createScenario({
      kubernetes: {
        onCall: ({ userName, verb, resource }) =>
          isRefusing && userName === 'nodeeni' && verb === 'patch' && resource === 'nodeenis'
            ? refusal
            : undefined,
      },
    });
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    scenario.autoScaling.createGroup(workersGroup(scenario));
    scenario.autoScaling.setDesiredCapacity('workers', 1);
    await scenario.pass(300);
    const states = [...scenario.autoScaling.states('workers').values()];

    isRefusing = false;
    await scenario.pass(400);

    expect(states).toEqual(['Pending:Wait']);
    expect(scenario.ours()).toMatchObject([{ attachment: { status: 'attached' } }]);
    expect(scenario.autoScaling.completions).toMatchObject([{ result: 'CONTINUE', by: 'call' }]);
  });

  it('waits for an attachment whose call had no answer (seed 1829)', async () => {
    const scenario = createScenario({ ec2: { attachSeconds: 20 } });
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    scenario.autoScaling.createGroup(workersGroup(scenario));
    await scenario.pass(30);
    scenario.ec2.wire.failNextAfterEffect('AttachNetworkInterface');
    scenario.autoScaling.setDesiredCapacity('workers', 1);
    await scenario.pass(90);

    const [completion] = scenario.autoScaling.completions;
    const attach = scenario.ec2.wire.log.mutating.find(
      ({ action }) => action === 'AttachNetworkInterface',
    );
    const waitedMs = (completion?.at.getTime() ?? 0) - (attach?.at.getTime() ?? 0);
    expect(completion).toMatchObject({ result: 'CONTINUE' });
    expect(waitedMs).toBeGreaterThanOrEqual(20_000);
  });

  it('waits for the interface of a NodeENI whose name an earlier one bore (seed 5764)', async () => {
    const scenario = createScenario({ ec2: { detachSeconds: 90 } });
    const { autoScaling, subnets } = scenario;
    await scenario.applyNodeEni('data', { subnetID: subnets.a });
    await scenario.applyNodeEni('stuck', { subnetID: 'subnet-of-nobody' });
    autoScaling.createGroup(workersGroup(scenario, { hooks: [launchHook({}, 900)] }));
    autoScaling.setDesiredCapacity('workers', 1);
    await scenario.pass(60);
    const force = { type: 'merge', body: { metadata: { finalizers: null } } } as const;
    await scenario.kubernetes.patch(NODE_ENIS, 'data', force);
    await scenario.deleteNodeEni('data');
    await scenario.applyNodeEni('data', { subnetID: subnets.a });
    await scenario.deleteNodeEni('stuck');

    await scenario.pass(60);
    const whileReleasing = [...autoScaling.states('workers').values()];
    await scenario.pass(600);

    expect(whileReleasing).toEqual(['Pending:Wait']);
    expect(scenario.ours()).toMatchObject([{ attachment: { status: 'attached' } }]);
    expect(autoScaling.completions).toMatchObject([{ result: 'CONTINUE', by: 'call' }]);
  });
});

describe('A tag of the user', () => {
  it('goes when it is taken out of the spec by the edit that moves its ENI (seed 5093)', async () => {
    const scenario = createScenario();
    await scenario.addNode();
    const { a: subnetID } = scenario.subnets;
    await scenario.applyNodeEni('data', { subnetID, tags: { team: 'core' } });
    await scenario.pass(60);

    const spec = { tags: null, deviceIndex: 5, deviceIndexPolicy: 'Require' };
    await scenario.kubernetes.patch(NODE_ENIS, 'data', { type: 'merge', body: { spec } });
    await scenario.pass(300);

    const [eni] = scenario.ours();
    expect(eni?.attachment).toMatchObject({ deviceIndex: 5, status: 'attached' });
    expect(eni?.tags.has('team')).toBe(false);
  });
});

describe('A NodeENI whose hosts have no agent', () => {
  it('is ready although a command has set up a link of another NodeENI there (seed 38)', async () => {
    const scenario = createScenario({ installation: { host: 'either' } });
    createCommandDocument(scenario);
    const { instanceId } = await scenario.addNode();
    createCommandHost(scenario, instanceId);
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.applyNodeEni('voice', { subnetID: scenario.subnets.a, host: 'SSM' });
    await scenario.pass(120);

    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a, mtu: 1500 });
    await scenario.pass(300);

    expect(await scenario.ready('voice')).toMatchObject({ reason: 'AllInterfacesReady' });
    expect(await scenario.ready('data')).toMatchObject({ reason: 'AllInterfacesReady' });
  });
});
