import { describe, expect, it } from 'vitest';
import type { HostCommand } from '#core/apis/v1alpha1/host-command-record.ts';
import { foreseeHost } from '#core/controllers/instance-interfaces/host-commands/controller.ts';
import { planInstance } from '#core/controllers/instance-interfaces/plan/plan.ts';
import { ago, anEni, anInstance, anObservation, aState } from '#test/support/builders.ts';

const BOOTED_AT = anInstance().launchTime.toISOString();

const commandSent = (secondsAgo: number): HostCommand => ({
  digest: 'of an earlier state',
  bootedAt: BOOTED_AT,
  sentAt: ago(secondsAgo),
  commandId: 'command-1',
  failures: 0,
});

const foreseen = (hostCommand: HostCommand | undefined, isAttached: boolean) => {
  const state = aState();
  const world = anObservation({
    runCommand: { isUsual: true },
    ours: isAttached ? [anEni()] : [],
    nodeEnis: isAttached ? anObservation().nodeEnis : [],
    state: { ...state, spec: { ...state.spec, ...(hostCommand && { hostCommand }) } },
  });
  return foreseeHost(planInstance(world), world);
};

describe('foreseeHost', () => {
  it.each([
    { name: 'a command is to be sent', command: undefined, isAttached: true, isUnsettled: true },
    { name: 'one runs', command: commandSent(60), isAttached: false, isUnsettled: true },
    { name: 'nothing is to be done', command: undefined, isAttached: false, isUnsettled: false },
    {
      name: 'one runs for 3599 seconds',
      command: commandSent(3599),
      isAttached: false,
      isUnsettled: true,
    },
    {
      name: 'nobody can tell any more how one ended',
      command: commandSent(3600),
      isAttached: false,
      isUnsettled: false,
    },
  ])('finds an instance unsettled: $isUnsettled, when $name', (given) => {
    expect(foreseen(given.command, given.isAttached).isUnsettled).toBe(given.isUnsettled);
  });

  it('finds an instance unsettled whose host has started again and cannot be sent anything', () => {
    const world = anObservation({ nodeEnis: [], forgotten: ['data/subnet-a'] });

    expect(foreseeHost(planInstance(world), world).isUnsettled).toBe(true);
  });

  it('foresees what people will read', () => {
    const { plan } = foreseen(commandSent(60), true);

    expect(plan.slots).toMatchObject([{ report: { reason: 'WaitingForHost' } }]);
  });

  it('foresees that people read how the last command failed', () => {
    const outcome = { reason: 'CommandFailed', message: 'No Node.' };

    const { plan } = foreseen({ ...commandSent(60), outcome }, true);

    expect(plan.slots).toMatchObject([{ report: outcome }]);
  });
});
