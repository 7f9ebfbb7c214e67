import { describe, expect, it } from 'vitest';
import type { HostCommand } from '#core/apis/v1alpha1/host-command-record.ts';
import {
  forgottenSlots,
  isRestartedSince,
  withoutRows,
} from '#core/controllers/instance-interfaces/host-commands/restart.ts';
import { ago, aNode, anInstance, aRecord, aState } from '#test/support/builders.ts';

const OUTCOME = { reason: 'Applied', message: 'The host is as asked.' };

const aCommand = (command: Partial<HostCommand> = {}): HostCommand => ({
  digest: 'digest',
  bootedAt: anInstance().launchTime.toISOString(),
  bootIds: ['boot-1'],
  sentAt: ago(10),
  commandId: 'command-1',
  outcome: OUTCOME,
  failures: 0,
  ...command,
});

const { outcome: _, ...RUNNING } = aCommand();
const { bootIds: __, ...OF_NO_BOOT } = aCommand();

const aHost = (bootId?: string) => ({
  instance: anInstance(),
  node: aNode(bootId === undefined ? {} : { bootId }),
});

describe('isRestartedSince', () => {
  it.each([
    { name: 'EC2 gives another launch time', command: aCommand({ bootedAt: ago(9000) }) },
    { name: 'its Node shows another boot', command: aCommand({ bootIds: ['boot-0', 'boot-1'] }) },
    {
      name: 'EC2 gives another launch time, though a command runs',
      command: { ...RUNNING, bootedAt: ago(9000) },
    },
  ])('is true when $name', ({ command }) => {
    expect(isRestartedSince(command, aHost('boot-2'))).toBe(true);
  });

  it.each([
    { name: 'nothing is new', command: aCommand(), bootId: 'boot-1' },
    {
      name: 'the Node shows the boot in which the command ran',
      command: aCommand({ bootIds: ['boot-1', 'boot-2'] }),
      bootId: 'boot-2',
    },
    { name: 'a command runs whose boot is not known yet', command: RUNNING, bootId: 'boot-2' },
    { name: 'the Node tells no boot', command: aCommand(), bootId: undefined },
    { name: 'no boot of the command is known', command: OF_NO_BOOT, bootId: 'boot-2' },
    { name: 'nor any boot of it', command: aCommand({ bootIds: [] }), bootId: 'boot-2' },
  ])('is false when $name', ({ command, bootId }) => {
    expect(isRestartedSince(command, aHost(bootId))).toBe(false);
  });

  it('is false when there is no Node to tell of a boot', () => {
    expect(isRestartedSince(aCommand(), { instance: anInstance(), node: undefined })).toBe(false);
  });

  it('is false when EC2 does not show the instance', () => {
    const command = aCommand({ bootedAt: ago(9000) });

    expect(isRestartedSince(command, { ...aHost('boot-2'), instance: undefined })).toBe(false);
  });
});

describe('what a host said before it started again', () => {
  const SAID = { eniId: 'eni-1', generation: 1, configured: true };
  const stateWith = (hostCommand: HostCommand | undefined) => {
    const state = aState(
      { 'data/a': aRecord({ host: 'SSM' }), 'data/b': aRecord() },
      { host: { 'data/a': SAID, 'data/b': SAID, 'gone/a': SAID } },
    );
    return { ...state, spec: { ...state.spec, ...(hostCommand && { hostCommand }) } };
  };

  it('is forgotten of the slots that commands serve, and of no others', () => {
    expect(forgottenSlots(stateWith(aCommand()), aHost('boot-2'))).toEqual(['data/a']);
  });

  it('is not forgotten when it did not start again, nor when no command was ever sent', () => {
    expect(forgottenSlots(stateWith(aCommand()), aHost('boot-1'))).toEqual([]);
    expect(forgottenSlots(stateWith(undefined), aHost('boot-2'))).toEqual([]);
  });

  it('is nothing where the host has said nothing', () => {
    const { status: _, ...silent } = stateWith(aCommand());

    expect(forgottenSlots(silent, aHost('boot-2'))).toEqual([]);
    expect(withoutRows(silent, ['data/a']).status?.host).toEqual({});
  });

  it('is left out of the state object, with the rest of it as it was', () => {
    const state = stateWith(aCommand());

    const { spec, status } = withoutRows(state, ['data/a']);

    expect(spec).toEqual(state.spec);
    expect(Object.keys(status?.host ?? {})).toEqual(['data/b', 'gone/a']);
    expect(withoutRows(state, [])).toBe(state);
  });
});
