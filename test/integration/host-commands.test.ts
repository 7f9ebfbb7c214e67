import { describe, expect, it } from 'vitest';
import {
  bootIdOf,
  createCommandDocument,
  createCommandHost,
  createCommandScenario,
} from '#test/support/command-host.ts';
import { launchHook, workersGroup } from '#test/support/launch-group.ts';
import { createScenario } from '#test/support/scenario.ts';

describe('A host that is configured by commands', () => {
  it('gets its interface, one command for it, and is ready with what it says of the link', async () => {
    const { scenario, instanceId, commands, state } = await createCommandScenario();
    const host = createCommandHost(scenario, instanceId);

    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a, mtu: 9001 });
    await scenario.pass(30);

    expect(commands()).toHaveLength(1);
    expect(Object.values(host.received[0] ?? {})).toMatchObject([
      { phase: 'Present', mtu: 9001, deviceIndex: 2 },
    ]);
    expect(Object.values((await state())?.status?.host ?? {})).toMatchObject([
      { configured: true, interfaceName: 'ens2', mtu: 9001 },
    ]);
    expect(await scenario.ready('data')).toMatchObject({ status: 'True' });
    expect((await scenario.status('data')).attachments).toMatchObject([
      { status: 'attached', interfaceName: 'ens2', dpdkPCIAddress: '0000:00:06.0' },
    ]);
  });

  it('is not ready before it has answered', async () => {
    const { scenario, instanceId } = await createCommandScenario();
    createCommandHost(scenario, instanceId).endWith(() => undefined);

    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.pass(30);

    expect(await scenario.ready('data')).toMatchObject({
      status: 'False',
      reason: 'WaitingForHost',
    });
  });

  it('is sent no second command while nothing changes', async () => {
    const { scenario, instanceId, commands } = await createCommandScenario();
    createCommandHost(scenario, instanceId);
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });

    await scenario.pass(3600);

    expect(commands()).toHaveLength(1);
  });

  it('is sent one command when its interfaces come side by side', async () => {
    const { scenario, instanceId, commands } = await createCommandScenario();
    const host = createCommandHost(scenario, instanceId);

    await scenario.applyNodeEni('data', {
      subnetIDs: [scenario.subnets.a, scenario.subnets.a2],
    });
    await scenario.pass(60);

    expect(commands()).toHaveLength(1);
    expect(Object.keys(host.received[0] ?? {})).toHaveLength(2);
    expect(await scenario.ready('data')).toMatchObject({ status: 'True' });
  });

  it('is sent the new state when the NodeENI changes', async () => {
    const { scenario, instanceId, commands } = await createCommandScenario();
    const host = createCommandHost(scenario, instanceId);
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.pass(60);

    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a, mtu: 1500 });
    await scenario.pass(30);

    expect(commands()).toHaveLength(2);
    expect(Object.values(host.received[1] ?? {})).toMatchObject([{ mtu: 1500, generation: 3 }]);
    expect(await scenario.ready('data')).toMatchObject({ status: 'True' });
  });

  it('lets go of the link before the interface is detached', async () => {
    const { scenario, instanceId } = await createCommandScenario();
    const attached: number[] = [];
    const host = createCommandHost(scenario, instanceId, ({ phase }) => {
      attached.push(scenario.oursOn(instanceId).length);
      return phase === 'Releasing' ? { released: true } : { configured: true };
    });
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.pass(60);

    await scenario.deleteNodeEni('data');
    await scenario.pass(30);

    expect(Object.values(host.received.at(-1) ?? {})).toMatchObject([{ phase: 'Releasing' }]);
    expect(attached).toEqual([1, 1]);
    expect(scenario.ours()).toEqual([]);
    expect(await scenario.nodeEnis()).toEqual([]);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])(
    'is soon ready for what is asked %i s after the first interface',
    async (seconds) => {
      const { scenario, instanceId } = await createCommandScenario();
      createCommandHost(scenario, instanceId);
      await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
      await scenario.pass(seconds);

      await scenario.applyNodeEni('more', { subnetID: scenario.subnets.a2, deviceIndex: 3 });
      await scenario.pass(30);

      expect(await scenario.ready('data')).toMatchObject({ status: 'True' });
      expect(await scenario.ready('more')).toMatchObject({ status: 'True' });
    },
  );

  it('is told to the event bus when it is ready, and not before', async () => {
    const { scenario, instanceId } = await createCommandScenario();
    createCommandHost(scenario, instanceId);
    const told: { type: string; at: string; isReady: boolean }[] = [];
    scenario.eventBridge.addRule({
      name: 'listener',
      pattern: { source: ['nodeeni'] },
      target: async ({ detail, time }) => {
        const [host] = (await scenario.states()).map(({ status }) => status?.host ?? {});
        const { type } = detail as { type: string };
        told.push({ type, at: time, isReady: Object.keys(host ?? {}).length > 0 });
      },
    });

    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.pass(60);

    expect(told).toMatchObject([{ type: 'Ready', isReady: true }]);
  });

  it('is heard even when its event is lost', async () => {
    const { scenario, instanceId } = await createCommandScenario('ssm', {
      eventBridge: { disturbance: () => [] },
    });
    createCommandHost(scenario, instanceId);

    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.pass(120);

    expect(await scenario.ready('data')).toMatchObject({ status: 'True' });
  });

  it('is given the same state again when it was stopped and started', async () => {
    const { scenario, instanceId, commands } = await createCommandScenario();
    createCommandHost(scenario, instanceId);
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.pass(60);

    scenario.ec2.fleet.stopInstance(instanceId);
    await scenario.pass(120);
    scenario.ec2.fleet.startInstance(instanceId);
    await scenario.pass(120);

    expect(commands()).toHaveLength(2);
  });
});

describe('A host that is rebooted', () => {
  const setUp = async () => {
    const command = await createCommandScenario();
    const { scenario, instanceId } = command;
    const host = createCommandHost(scenario, instanceId);
    const registers = (boots: number) => scenario.register(instanceId, undefined, bootIdOf(boots));
    host.boot(bootIdOf(1));
    await registers(1);
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.pass(60);
    return { ...command, host, registers };
  };

  it('is given the same state again, once', async () => {
    const { scenario, commands, host, registers } = await setUp();
    host.boot(bootIdOf(2));

    await registers(2);
    await scenario.pass(30);

    expect(commands()).toHaveLength(2);
    expect(host.received[1]).toEqual(host.received[0]);
    expect(await scenario.ready('data')).toMatchObject({ status: 'True' });
    await scenario.pass(3600);
    expect(commands()).toHaveLength(2);
  });

  it('is not ready until it has done it again', async () => {
    const { scenario, host, registers } = await setUp();
    host.endWith(() => undefined);

    await registers(2);
    await scenario.pass(30);

    expect(await scenario.ready('data')).toMatchObject({ reason: 'WaitingForHost' });
  });

  it('is found by the sweep when nobody told of the reboot', async () => {
    const { scenario, commands, host, registers } = await setUp();
    scenario.kubernetes.setWebhooksReachable(false);
    host.boot(bootIdOf(2));

    await registers(2);
    await scenario.pass(600);

    expect(commands()).toHaveLength(2);
  });

  it('is not told again what it did after the reboot, before its Node told of it', async () => {
    const { scenario, commands, host, registers } = await setUp();
    host.boot(bootIdOf(2));
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a, mtu: 1500 });
    await scenario.pass(60);

    await registers(2);
    await scenario.pass(600);

    expect(commands()).toHaveLength(2);
  });

  it('is left alone while its Node still shows the boot before', async () => {
    const { scenario, commands, host } = await setUp();
    host.boot(bootIdOf(2));

    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a, mtu: 1500 });
    await scenario.pass(3600);

    expect(commands()).toHaveLength(2);
  });
});

describe('Who configures a host', () => {
  it.each([
    { installation: 'ssm', says: undefined, isSent: true },
    { installation: 'ssm', says: 'Agent', isSent: false },
    { installation: 'either', says: undefined, isSent: false },
    { installation: 'either', says: 'SSM', isSent: true },
    { installation: 'agent', says: undefined, isSent: false },
    { installation: 'agent', says: 'SSM', isSent: false },
  ] as const)(
    'is decided by a NodeENI that says $says in an installation for $installation: $isSent',
    async ({ installation, says, isSent }) => {
      const { scenario, instanceId, commands } = await createCommandScenario(installation);
      createCommandHost(scenario, instanceId);

      await scenario.applyNodeEni('data', {
        subnetID: scenario.subnets.a,
        ...(says !== undefined && { host: says }),
      });
      await scenario.pass(30);

      expect(commands().length > 0).toBe(isSent);
    },
  );

  it('is reported when the installation cannot send the command that is asked for', async () => {
    const { scenario } = await createCommandScenario('agent');

    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a, host: 'SSM' });
    await scenario.pass(30);

    expect(await scenario.ready('data')).toMatchObject({ reason: 'RunCommandOff' });
  });
});

describe('A launch that waits for its host', () => {
  it('goes on when the host has answered, with no cluster that it could have joined', async () => {
    const scenario = createScenario({ installation: { host: 'ssm' } });
    createCommandDocument(scenario);
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    const hooks = [launchHook({ completeWhen: 'Configured' }, 300)];
    scenario.autoScaling.createGroup(workersGroup(scenario, { hooks }));
    scenario.autoScaling.setDesiredCapacity('workers', 1);
    await scenario.pass(60);
    const [instanceId = ''] = [...scenario.autoScaling.states('workers').keys()];
    const before = [...scenario.autoScaling.completions];

    createCommandHost(scenario, instanceId);
    await scenario.pass(60);

    expect(before).toEqual([]);
    expect(scenario.autoScaling.completions).toMatchObject([{ instanceId, result: 'CONTINUE' }]);
  });
});
