import { describe, expect, it } from 'vitest';
import { type ScriptEnd, SimulatedSsm } from '#simulator/ssm/simulated-ssm.ts';
import { VirtualClock } from '#simulator/virtual-clock.ts';

const INSTANCE_ID = 'i-0123456789abcdef0';
const GOOD = { exitCode: 0, output: 'done\n' };

const setUp = (end: ScriptEnd | 'nobody' = GOOD) => {
  const clock = new VirtualClock();
  const ssm = new SimulatedSsm({ clock });
  ssm.createDocument({ name: 'apply', parameters: { state: { allowedPattern: '^[a-z]+$' } } });
  ssm.manage(INSTANCE_ID, async () => (end === 'nobody' ? undefined : end));
  const statuses: unknown[] = [];
  ssm.onEvent(({ detail }) => statuses.push((detail as { status: string }).status));
  const input = {
    DocumentName: 'apply',
    InstanceIds: [INSTANCE_ID],
    Parameters: { state: ['up'] },
  };
  const send = (changes: object = {}) => ssm.api.sendCommand({ ...input, ...changes });
  const invocationOf = async ({ Command: { CommandId } = {} }: Awaited<ReturnType<typeof send>>) =>
    ssm.api.getCommandInvocation({ CommandId, InstanceId: INSTANCE_ID });
  return { clock, statuses, send, invocationOf };
};

describe('a command in the simulator', () => {
  it('is pending, runs, and ends with what the host wrote, each with its event', async () => {
    const { clock, statuses, send, invocationOf } = setUp();

    const sent = await send();
    const before = await invocationOf(sent);
    await clock.advanceBy(10_000);

    expect(before.Status).toBe('Pending');
    expect(await invocationOf(sent)).toMatchObject({
      Status: 'Success',
      StandardOutputContent: 'done\n',
    });
    expect(statuses).toEqual(['InProgress', 'Success']);
  });

  it('fails by its exit code, and its output is cut', async () => {
    const { clock, send, invocationOf } = setUp({ exitCode: 2, output: 'x'.repeat(30_000) });

    const sent = await send();
    await clock.advanceBy(10_000);

    const { Status: status, StandardOutputContent: output = '' } = await invocationOf(sent);
    expect(status).toBe('Failed');
    expect(output).toHaveLength(24_000);
  });

  it('times out when nobody takes it', async () => {
    const { clock, statuses, send } = setUp('nobody');

    await send({ TimeoutSeconds: 30 });
    await clock.advanceBy(31_000);

    expect(statuses).toEqual(['TimedOut']);
  });

  it.each([
    { name: 'another document', change: { DocumentName: 'other' }, code: 'InvalidDocument' },
    {
      name: 'an instance that is not managed',
      change: { InstanceIds: ['i-0aaaaaaaaaaaaaaaa'] },
      code: 'InvalidInstanceId',
    },
    { name: 'no instance id', change: { InstanceIds: ['web'] }, code: 'ValidationException' },
    { name: 'no parameter', change: { Parameters: {} }, code: 'InvalidParameters' },
    {
      name: 'a parameter that does not match',
      change: { Parameters: { state: ['up; reboot'] } },
      code: 'InvalidParameters',
    },
    {
      name: 'an unknown parameter',
      change: { Parameters: { state: ['up'], more: ['x'] } },
      code: 'InvalidParameters',
    },
    { name: 'a long comment', change: { Comment: 'x'.repeat(101) }, code: 'ValidationException' },
    { name: 'a short time-out', change: { TimeoutSeconds: 29 }, code: 'ValidationException' },
  ])('is refused with $name', async ({ change, code }) => {
    const { send } = setUp();

    await expect(send(change)).rejects.toMatchObject({ name: code });
  });
});
