import { describe, expect, it } from 'vitest';
import type { HostAction } from '#core/controllers/instance-interfaces/host-commands/actions.ts';
import { executeHost } from '#core/controllers/instance-interfaces/host-commands/execute.ts';
import { CallError } from '#core/errors.ts';
import type { CommandRunner } from '#core/ports/commands.ts';
import { ago, INSTANCE_ID, NOW } from '#test/support/builders.ts';

const ACTION: HostAction = {
  type: 'send-command',
  instanceId: INSTANCE_ID,
  desired: '{}',
  command: { digest: 'digest', bootedAt: ago(3600), sentAt: NOW.toISOString(), failures: 0 },
};

const runnerThat = (send: CommandRunner['send']): CommandRunner => ({
  send,
  get: () => Promise.reject(new Error('nobody asks')),
});

const refusing = (error: Error) => runnerThat(() => Promise.reject(error));

const inSeconds = (seconds: number): string =>
  new Date(NOW.getTime() + seconds * 1000).toISOString();

describe('executeHost', () => {
  it('writes down the id of the command, and looks after it in a minute', async () => {
    const sent: unknown[] = [];
    const commands = runnerThat(async (order) => {
      sent.push(order);
      return 'command-1';
    });

    const result = await executeHost(commands, ACTION, NOW);

    expect(sent).toEqual([{ instanceId: INSTANCE_ID, desired: '{}' }]);
    expect(result).toEqual({
      command: { ...ACTION.command, commandId: 'command-1' },
      requeueAfterSeconds: 60,
    });
  });

  it('writes down that Systems Manager does not reach the instance, and what to do', async () => {
    const error = new CallError('NotReady', 'InvalidInstanceId', 'not in a valid state');

    const { command } = await executeHost(refusing(error), ACTION, NOW);

    expect(command).toMatchObject({
      outcome: {
        reason: 'InstanceNotManaged',
        message: expect.stringContaining('AmazonSSMManagedInstanceCore'),
      },
      failures: 1,
      retryAt: inSeconds(30),
    });
    expect(command?.commandId).toBeUndefined();
  });

  it.each([
    { name: 'often while the instance is young', bootedAt: ago(60), wait: 30 },
    { name: 'often in the last second of its youth', bootedAt: ago(899), wait: 30 },
    { name: 'less often from 900 seconds on', bootedAt: ago(900), wait: 960 },
    { name: 'less and less often after that', bootedAt: ago(3600), wait: 960 },
  ])('tries an instance that is not reached $name', async ({ bootedAt, wait }) => {
    const error = new CallError('NotReady', 'InvalidInstanceId', 'not in a valid state');
    const command = { ...ACTION.command, bootedAt, failures: 5 };

    const result = await executeHost(refusing(error), { ...ACTION, command }, NOW);

    expect(result).toMatchObject({
      command: { retryAt: inSeconds(wait) },
      requeueAfterSeconds: wait,
    });
  });

  it('waits for a young instance no less than the error says', async () => {
    const error = new CallError('Denied', 'AccessDeniedException', 'SendCommand: no');
    const command = { ...ACTION.command, bootedAt: ago(60) };

    const result = await executeHost(refusing(error), { ...ACTION, command }, NOW);

    expect(result.requeueAfterSeconds).toBe(300);
  });

  it('waits longer where only a person can help', async () => {
    const error = new CallError('Denied', 'AccessDeniedException', 'SendCommand: no');

    const result = await executeHost(refusing(error), ACTION, NOW);

    expect(result).toMatchObject({
      command: { outcome: { reason: 'AccessDenied' }, retryAt: inSeconds(300) },
      requeueAfterSeconds: 300,
    });
  });

  it('writes nothing down when it is not its turn yet', async () => {
    const error = new CallError('Throttled', 'RequestBudget', 'later', { retryAfterSeconds: 7 });

    expect(await executeHost(refusing(error), ACTION, NOW)).toEqual({ requeueAfterSeconds: 7 });
  });

  it('survives an error that nobody classified', async () => {
    const { command } = await executeHost(refusing(new Error('boom')), ACTION, NOW);

    expect(command?.outcome).toEqual({ reason: 'Error', message: 'boom' });
  });
});
