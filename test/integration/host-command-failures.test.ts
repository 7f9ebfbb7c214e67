import { describe, expect, it } from 'vitest';
import { createCommandHost, createCommandScenario } from '#test/support/command-host.ts';

describe('A host that a command does not reach', () => {
  it('is reported when Systems Manager does not know it, and served once it does', async () => {
    const { scenario, instanceId, commands } = await createCommandScenario();

    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.pass(20);
    expect(await scenario.ready('data')).toMatchObject({
      status: 'False',
      reason: 'InstanceNotManaged',
    });

    createCommandHost(scenario, instanceId);
    await scenario.pass(60);

    expect(await scenario.ready('data')).toMatchObject({ status: 'True' });
    expect(commands()).toHaveLength(2);
  });

  it('is tried often while it is young, and once an hour when it is not', async () => {
    const { scenario, commands } = await createCommandScenario();
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.pass(900);
    const whileYoung = commands().length;

    await scenario.pass(12 * 3600);

    expect(whileYoung).toBeGreaterThan(15);
    expect(whileYoung).toBeLessThanOrEqual(30);
    expect(commands().length - whileYoung).toBeLessThanOrEqual(13);
    expect(commands().length - whileYoung).toBeGreaterThan(8);
  });

  it('is not waited for when its interface is released', async () => {
    const { scenario } = await createCommandScenario();
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.pass(60);

    await scenario.deleteNodeEni('data');
    await scenario.pass(20);

    expect(scenario.ours()).toEqual([]);
  });

  it('is not left alone while it may be at work on the link', async () => {
    const { scenario, instanceId } = await createCommandScenario();
    createCommandHost(scenario, instanceId).endWith(() => undefined);
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.pass(15);

    await scenario.deleteNodeEni('data');
    await scenario.pass(30);
    const attached = scenario.oursOn(instanceId).length;
    await scenario.pass(60);

    expect(attached).toBe(1);
    expect(scenario.ours()).toEqual([]);
  });

  it('is reported when its SSM Agent does not take the command', async () => {
    const { scenario, instanceId } = await createCommandScenario();
    createCommandHost(scenario, instanceId).endWith(() => undefined);
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });

    await scenario.pass(80);

    expect(await scenario.ready('data')).toMatchObject({ reason: 'CommandUndelivered' });
  });
});

describe('A host on which a command fails', () => {
  it('is reported with what the script said, and tried again', async () => {
    const { scenario, instanceId } = await createCommandScenario();
    const host = createCommandHost(scenario, instanceId);
    host.endWith(() => ({ exitCode: 127, output: '', errorOutput: 'sh: agent: not found\n' }));
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.pass(20);
    expect(await scenario.ready('data')).toMatchObject({
      reason: 'CommandFailed',
      message: expect.stringContaining('sh: agent: not found'),
    });

    host.recover();
    await scenario.pass(60);

    expect(await scenario.ready('data')).toMatchObject({ status: 'True' });
  });

  it('is reported in its own words when it cannot do what is asked', async () => {
    const { scenario, instanceId } = await createCommandScenario();
    createCommandHost(scenario, instanceId, () => ({
      configured: false,
      reason: 'MtuTooLarge',
      message: 'The device takes 9216 at most.',
    }));

    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.pass(30);

    expect(await scenario.ready('data')).toMatchObject({ reason: 'MtuTooLarge' });
  });

  it('is ready soon after it could do what it could not do before', async () => {
    const { scenario, instanceId } = await createCommandScenario();
    let isBusy = true;
    createCommandHost(scenario, instanceId, () =>
      isBusy
        ? { configured: false, reason: 'Pending', message: 'udev is not done.' }
        : { configured: true },
    );
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.pass(30);

    isBusy = false;
    await scenario.pass(40);

    expect(await scenario.ready('data')).toMatchObject({ status: 'True' });
  });

  it('cannot acknowledge what it was not asked for', async () => {
    const { scenario, instanceId, state } = await createCommandScenario();
    createCommandHost(scenario, instanceId, () => ({ configured: true, generation: 99 }));

    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.pass(30);

    expect((await state())?.status?.host ?? {}).toEqual({});
    expect(await scenario.ready('data')).toMatchObject({ reason: 'WaitingForHost' });
  });
});

describe('A crash', () => {
  it.each([
    { moment: 'after the command was sent', calls: 1, commandsSent: 2 },
    { moment: 'after its result was read', calls: 2, commandsSent: 1 },
  ])('$moment costs at most one more command', async ({ calls, commandsSent }) => {
    const { scenario, instanceId, commands } = await createCommandScenario();
    createCommandHost(scenario, instanceId);
    const { installation, ssm } = scenario;
    ssm.wire.crashAfter(calls, () => installation.kill());
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.pass(60);
    expect(installation.isRunning()).toBe(false);

    installation.restart();
    await scenario.pass(600);

    expect(await scenario.ready('data')).toMatchObject({ status: 'True' });
    expect(commands()).toHaveLength(commandsSent);
  });
});
