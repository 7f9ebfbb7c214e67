import { describe, expect, it } from 'vitest';
import { createRequestBudget } from '#core/ec2/request-budget.ts';
import { createCommandRunner } from '#providers/ssm/command-runner.ts';
import { SimulatedSsm } from '#simulator/ssm/simulated-ssm.ts';
import { VirtualClock } from '#simulator/virtual-clock.ts';
import { createCommandDocument } from '#test/support/command-host.ts';
import { recordingTelemetry } from '#test/support/telemetry.ts';

const INSTANCE_ID = 'i-0123456789abcdef0';
const LINK = 'https://assets.s3.eu-west-1.amazonaws.com/agent.mjs?X-Amz-Expires=900';

const setUp = ({ concurrency = 1 } = {}) => {
  const clock = new VirtualClock();
  const ssm = new SimulatedSsm({ clock });
  createCommandDocument({ ssm });
  const received: Readonly<Record<string, string>>[] = [];
  ssm.manage(INSTANCE_ID, async (parameters) => {
    received.push(parameters);
    return { exitCode: 1, output: 'out', errorOutput: 'err' };
  });
  const linkSeconds: number[] = [];
  const commands = createCommandRunner({
    ssm: ssm.api,
    clusterName: 'prod',
    budget: createRequestBudget({
      clock,
      share: 0.5,
      burstShare: 0.5,
      concurrency,
      random: () => 0,
    }),
    logger: recordingTelemetry().telemetry.logger,
    bundleLink: async (seconds) => {
      linkSeconds.push(seconds);
      return LINK;
    },
  });
  return { clock, ssm, commands, received, linkSeconds };
};

const CAUSE = { why: 'a test asks for it' };
const ORDER = { instanceId: INSTANCE_ID, desired: '{"spec":{"interfaces":{}}}' };

describe('sending a command', () => {
  it('sends our document, the desired state and a link to the agent to one instance', async () => {
    const { clock, ssm, commands, received, linkSeconds } = setUp();

    await commands.send(ORDER, CAUSE);
    await clock.advanceBy(5_000);

    expect(ssm.wire.log.calls[0]?.input).toMatchObject({
      DocumentName: 'nodeeni-prod',
      InstanceIds: [INSTANCE_ID],
      TimeoutSeconds: 60,
      CloudWatchOutputConfig: { CloudWatchOutputEnabled: false },
    });
    expect(received).toEqual([
      { desired: Buffer.from(ORDER.desired).toString('base64'), bundleUrl: LINK },
    ]);
    expect(linkSeconds).toEqual([900]);
  });

  it.each([
    ['InvalidInstanceId', 'NotReady'],
    ['ThrottlingException', 'Throttled'],
    ['AccessDeniedException', 'Denied'],
    ['InvalidDocument', 'Invalid'],
    ['InternalServerError', 'Unknown'],
  ])('calls %s by a name of ours: %s', async (code, failure) => {
    const { ssm, commands } = setUp();
    ssm.wire.failNext('SendCommand', { code });

    await expect(commands.send(ORDER, CAUSE)).rejects.toMatchObject({ failure, code });
  });

  it('is refused for an instance whose SSM Agent has not registered', async () => {
    const { commands } = setUp();

    await expect(
      commands.send({ ...ORDER, instanceId: 'i-0aaaaaaaaaaaaaaaa' }, CAUSE),
    ).rejects.toMatchObject({ failure: 'NotReady', code: 'InvalidInstanceId' });
  });

  it('keeps to a budget, so that a fleet does not use up the calls of the account', async () => {
    const { ssm, commands } = setUp({ concurrency: 25 });

    const outcomes = await Promise.allSettled([
      commands.send(ORDER, CAUSE),
      commands.send(ORDER, CAUSE),
    ]);

    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(outcomes[1]).toMatchObject({ reason: { failure: 'Throttled' } });
    expect(ssm.wire.log.calls).toHaveLength(1);
  });
});

describe('asking how a command stands', () => {
  it('runs, and then has ended with what the host wrote', async () => {
    const { clock, commands } = setUp();
    const id = await commands.send(ORDER, CAUSE);

    const before = await commands.get(id, INSTANCE_ID);
    await clock.advanceBy(5_000);
    const after = await commands.get(id, INSTANCE_ID);

    expect(before).toEqual({ state: 'running' });
    expect(after).toEqual({ state: 'ended', status: 'Failed', output: 'out', errorOutput: 'err' });
  });

  it('tells which time was up', async () => {
    const { clock, ssm, commands } = setUp();
    ssm.manage(INSTANCE_ID, async () => undefined);
    const id = await commands.send(ORDER, CAUSE);

    await clock.advanceBy(61_000);

    expect(await commands.get(id, INSTANCE_ID)).toMatchObject({ status: 'DeliveryTimedOut' });
  });

  it('reads the details with spaces as those without', async () => {
    const { ssm } = setUp();
    const spaced = createCommandRunner({
      ssm: {
        ...ssm.api,
        getCommandInvocation: () =>
          Promise.resolve({
            Status: 'TimedOut',
            StatusDetails: 'Execution Timed Out',
            $metadata: {},
          }),
      },
      clusterName: 'prod',
      budget: { take: () => Promise.resolve() },
      bundleLink: () => Promise.resolve(LINK),
      logger: recordingTelemetry().telemetry.logger,
    });

    expect(await spaced.get('command-1', INSTANCE_ID)).toMatchObject({
      status: 'ExecutionTimedOut',
    });
  });

  it('takes one that is not visible yet for running', async () => {
    const { commands } = setUp();

    expect(await commands.get('command-1', INSTANCE_ID)).toEqual({ state: 'running' });
  });

  it('fails when it may not ask', async () => {
    const { ssm, commands } = setUp();
    ssm.wire.failNext('GetCommandInvocation', { code: 'AccessDeniedException' });

    await expect(commands.get('command-1', INSTANCE_ID)).rejects.toMatchObject({
      failure: 'Denied',
    });
  });
});
