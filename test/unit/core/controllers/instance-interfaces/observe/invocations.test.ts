import { describe, expect, it } from 'vitest';
import type { HostCommand } from '#core/apis/v1alpha1/host-command-record.ts';
import type { NodeEniState } from '#core/apis/v1alpha1/node-eni-state.ts';
import {
  createObserver,
  withInvocations,
} from '#core/controllers/instance-interfaces/observe/observer.ts';
import { ago, aState, INSTANCE_ID } from '#test/support/builders.ts';
import { aSmallWorld, type World } from '../small-world.ts';

const SENT: HostCommand = {
  digest: 'digest',
  bootedAt: ago(3600),
  sentAt: ago(10),
  commandId: 'command-1',
  failures: 0,
};
const { commandId: _, ...UNSENT } = SENT;
const ENDED = { state: 'ended', status: 'Success', output: '', errorOutput: '' } as const;

const stateWith = (hostCommand: HostCommand): NodeEniState => ({
  ...aState(),
  spec: { ...aState().spec, hostCommand },
});

const asked = async (world: World) => {
  const { dependencies, given, asked: all } = aSmallWorld(world);
  const before = await createObserver(dependencies)(given);
  const after = await withInvocations(before, dependencies);
  return { before, after, questions: all.filter((text) => text.startsWith('command')) };
};

describe('withInvocations', () => {
  it('asks how a running command stands, and keeps what else was read', async () => {
    const { before, after, questions } = await asked({
      states: [stateWith(SENT)],
      commands: { 'command-1': ENDED },
    });

    expect(questions).toEqual([`command command-1 on ${INSTANCE_ID}`]);
    expect(after).toEqual({ ...before, invocations: new Map([[INSTANCE_ID, ENDED]]) });
  });

  it.each<[string, World]>([
    ['that could not be sent', { states: [stateWith(UNSENT)] }],
    [
      'that has ended',
      { states: [stateWith({ ...SENT, outcome: { reason: 'Applied', message: '' } })] },
    ],
    ['where there was none', { states: [aState()] }],
  ])('asks about no command %s', async (_name, world) => {
    const { after, questions } = await asked({ ...world, commands: {} });

    expect(questions).toEqual([]);
    expect(after.invocations).toEqual(new Map());
  });

  it('takes a command for running that cannot be asked about', async () => {
    const { after } = await asked({
      states: [stateWith(SENT)],
      commands: { 'command-1': ENDED },
      refused: { [`command command-1 on ${INSTANCE_ID}`]: 'Throttled' },
    });

    expect(after.invocations).toEqual(new Map([[INSTANCE_ID, { state: 'running' }]]));
  });

  it('adds nothing where no commands are sent', async () => {
    const { before, after } = await asked({ states: [stateWith(SENT)] });

    expect(after).toBe(before);
  });
});
