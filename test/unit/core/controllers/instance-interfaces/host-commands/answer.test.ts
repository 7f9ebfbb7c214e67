import { describe, expect, it } from 'vitest';
import type { HostCommand } from '#core/apis/v1alpha1/host-command-record.ts';
import { readAnswer } from '#core/controllers/instance-interfaces/host-commands/answer.ts';
import { withAnswer } from '#core/instance/host-command.ts';
import type { CommandInvocation } from '#core/ports/commands.ts';
import { ago, aRecord, aState, NOW } from '#test/support/builders.ts';

const SLOT = 'data/subnet-a';
const AGENTS_SLOT = 'other/subnet-a';

const COMMAND: HostCommand = {
  digest: 'digest',
  bootedAt: ago(3600),
  sentAt: ago(10),
  commandId: 'command-1',
  failures: 0,
};

const stateWith = (hostCommand: HostCommand | undefined = COMMAND) => {
  const state = aState({
    [SLOT]: aRecord({ generation: 2, host: 'SSM' }),
    [AGENTS_SLOT]: aRecord({ generation: 2 }),
  });
  return { ...state, spec: { ...state.spec, ...(hostCommand && { hostCommand }) } };
};

const ended = (status: string, output: unknown, errorOutput = ''): CommandInvocation => ({
  state: 'ended',
  status,
  output: typeof output === 'string' ? output : `${JSON.stringify(output)}\n`,
  errorOutput,
});

const answerTo = (invocation: CommandInvocation) => readAnswer(stateWith(), invocation, NOW);

const ROW = { eniId: 'eni-1', generation: 2, configured: true, mtu: 9001 };

describe('readAnswer', () => {
  it('takes the rows of a host that is as asked', () => {
    const answer = answerTo(ended('Success', { converged: true, host: { [SLOT]: ROW } }));

    expect(answer?.rows).toEqual({ [SLOT]: ROW });
    expect(answer?.command).toEqual({
      ...COMMAND,
      outcome: { reason: 'Applied', message: 'The host is as asked.' },
    });
  });

  it('leaves the rows of slots that an agent serves to the agent', () => {
    const host = { [SLOT]: ROW, [AGENTS_SLOT]: ROW };

    const answer = answerTo(ended('Success', { converged: true, host }));

    expect(Object.keys(answer?.rows ?? {})).toEqual([SLOT]);
  });

  it('takes the rows of a host that is not, and when to ask again', () => {
    const row = { ...ROW, configured: false, reason: 'MtuTooLarge', message: 'No.' };

    const answer = answerTo(ended('Failed', { converged: false, host: { [SLOT]: row } }));

    expect(answer?.rows).toEqual({ [SLOT]: row });
    expect(answer?.command).toMatchObject({
      outcome: { reason: 'NotConverged' },
      failures: 1,
      retryAt: new Date(NOW.getTime() + 30_000).toISOString(),
    });
  });

  it('writes down in which boot the command ran, beside the one that the Node showed', () => {
    const boots = ['0f7d3f4e-1111-4222-8333-444455556666', '0f7d3f4e-1111-4222-8333-444455557777'];
    const [first, second] = boots;
    const run = (hostCommand: HostCommand, bootId: unknown) =>
      readAnswer(stateWith(hostCommand), ended('Success', { converged: true, bootId }), NOW);

    expect(run(COMMAND, first)?.command.bootIds).toEqual([first]);
    expect(run({ ...COMMAND, bootIds: [first ?? ''] }, second)?.command.bootIds).toEqual(boots);
    expect(run({ ...COMMAND, bootIds: boots }, second)?.command.bootIds).toEqual(boots);
  });

  it.each([
    { name: 'a word', bootId: 'boot' },
    { name: 'a number', bootId: 7 },
    { name: 'a long text', bootId: 'x'.repeat(10_000) },
  ])('takes $name for no boot, and the rest of the answer all the same', ({ bootId }) => {
    const answer = answerTo(ended('Success', { converged: true, bootId }));

    expect(answer?.command).not.toHaveProperty('bootIds');
    expect(answer?.command.outcome?.reason).toBe('Applied');
  });

  it.each([
    { name: 'another ENI', row: { ...ROW, eniId: 'eni-0' }, slot: SLOT },
    { name: 'another generation', row: { ...ROW, generation: 1 }, slot: SLOT },
    { name: 'a slot that is not there', row: ROW, slot: 'other/subnet-a' },
  ])('takes no row about $name', ({ row, slot }) => {
    expect(answerTo(ended('Success', { converged: true, host: { [slot]: row } }))?.rows).toEqual(
      {},
    );
  });

  it('finds the result below whatever else was written', () => {
    const output = `a warning\n{ not this }\n${JSON.stringify({ converged: true, host: {} })}\n`;

    expect(answerTo(ended('Success', output))?.command.outcome?.reason).toBe('Applied');
  });

  it.each([
    ['DeliveryTimedOut', 'CommandUndelivered'],
    ['Undeliverable', 'CommandUndelivered'],
    ['ExecutionTimedOut', 'CommandTimedOut'],
    ['TimedOut', 'CommandTimedOut'],
    ['Cancelled', 'CommandCancelled'],
    ['Failed', 'CommandFailed'],
    ['Success', 'CommandFailed'],
    ['SomethingNew', 'CommandFailed'],
  ])('calls %s without a result %s', (status, reason) => {
    expect(answerTo(ended(status, ''))?.command).toMatchObject({
      outcome: { reason },
      failures: 1,
    });
  });

  it('says what the script said', () => {
    const said = answerTo(ended('Failed', { converged: false, error: 'Node 22 is not there.' }));
    const complained = answerTo(ended('Failed', '{"cut', 'one\nsh: base64: not found\n'));

    expect(said?.command.outcome).toEqual({
      reason: 'CommandFailed',
      message: 'Node 22 is not there.',
    });
    expect(complained?.command.outcome?.message).toContain('sh: base64: not found');
  });

  it('keeps messages short, and of a complaint only its last line', () => {
    const error = 'x'.repeat(301);
    const said = answerTo(ended('Failed', { converged: false, error }));
    const complained = answerTo(ended('Failed', '', `first\n${error}\n\n`));
    const silent = answerTo(ended('Failed', ''));

    const start = 'The command ended as Failed and wrote no result.';
    expect(said?.command.outcome?.message).toBe('x'.repeat(300));
    expect(complained?.command.outcome?.message).toBe(`${start} ${'x'.repeat(300)}`);
    expect(silent?.command.outcome?.message).toBe(start);
  });

  it('waits longer each time', () => {
    const waits = [0, 1, 2, 20].map((failures) => {
      const state = stateWith({ ...COMMAND, failures });
      const { command } = readAnswer(state, ended('Failed', ''), NOW) ?? {};
      return (Date.parse(command?.retryAt ?? '') - NOW.getTime()) / 1000;
    });

    expect(waits).toEqual([30, 60, 120, 3600]);
  });

  it.each([
    { name: 'the command still runs', state: stateWith(), invocation: { state: 'running' } },
    { name: 'nobody asked', state: stateWith(), invocation: undefined },
    {
      name: 'its end is known already',
      state: stateWith({ ...COMMAND, outcome: { reason: 'Applied', message: '' } }),
      invocation: ended('Success', ''),
    },
    {
      name: 'no command was sent',
      state: aState({ [SLOT]: aRecord() }),
      invocation: ended('Success', ''),
    },
    { name: 'there is no object', state: undefined, invocation: ended('Success', '') },
  ])('has nothing to write down when $name', ({ state, invocation }) => {
    expect(readAnswer(state, invocation as CommandInvocation | undefined, NOW)).toBeUndefined();
  });
});

describe('withAnswer', () => {
  it('gives a state without a status its first rows', () => {
    const { status: _, ...state } = aState();

    expect(withAnswer(state, { command: COMMAND, rows: { [SLOT]: ROW } }).status).toEqual({
      host: { [SLOT]: ROW },
    });
  });

  it('keeps the rows of slots that the host said nothing of', () => {
    const state = aState({}, { host: { other: { ...ROW, generation: 7 } } });
    const answer = { command: COMMAND, rows: { [SLOT]: ROW } };

    expect(withAnswer(state, answer)).toMatchObject({
      spec: { hostCommand: COMMAND },
      status: { host: { other: { generation: 7 }, [SLOT]: ROW } },
    });
  });
});
