import { describe, expect, it } from 'vitest';
import { digestOf } from '#core/controllers/instance-interfaces/host-commands/desired.ts';
import {
  ago,
  aNodeEni,
  anAvailableEni,
  anEni,
  anInstance,
  anObservation,
  INSTANCE_ID,
} from '#test/support/builders.ts';
import { aSmallWorld, stateAfter, type World } from './small-world.ts';

const SLOT = 'data/subnet-a';
const SETTLED = stateAfter(anObservation({ ours: [anEni()] }));

const { nodeName: _, ...anonymous } = SETTLED.spec;
const UNREGISTERED = { ...SETTLED, spec: anonymous };
const OLD = { 'old/subnet-a': { eniId: 'eni-9', generation: 1 } };

const reconciled = async (world: World, { isKnown = true } = {}) => {
  const { interfaces, given, done } = aSmallWorld(world);
  await interfaces.reconcile(isKnown ? given : { ...given, instances: new Map() });
  return done;
};

describe('what a reconcile writes and asks for at its end', () => {
  it.each<[string, World, readonly string[]]>([
    ['nothing, where all is as it was', { shown: [[anEni()]], states: [SETTLED] }, []],
    [
      'the ready interface, and an event',
      { shown: [[], [anEni({ eniId: 'eni-new-1' })]] },
      [
        `record interfaces,nodeName of ${INSTANCE_ID}`,
        'create in subnet-a',
        'attach eni-new-1 at 2',
        'flag eni-new-1 attachment-of-eni-new-1 true',
        `record interfaces of ${INSTANCE_ID}`,
        `tell ${SLOT}=Attached of ${INSTANCE_ID}`,
        'hint data',
        'publish Ready data',
      ],
    ],
    [
      'another reconcile at an instance that is still pending',
      { instances: [anInstance({ state: 'pending' })], shown: [[anAvailableEni()]] },
      [
        `record interfaces,nodeName of ${INSTANCE_ID}`,
        `tell ${SLOT}=InstancePending of ${INSTANCE_ID}`,
        'hint data',
        `reconcile ${INSTANCE_ID} in 15`,
      ],
    ],
    [
      'the row of an interface that can be in no zone but another',
      { instances: [anInstance({ zone: 'us-east-1b' })] },
      [
        `record nodeName of ${INSTANCE_ID}`,
        `tell ${SLOT}=OtherZone of ${INSTANCE_ID}`,
        'hint data',
      ],
    ],
    [
      'the name of a node that registered, and that all its rows change',
      { shown: [[anEni()]], states: [UNREGISTERED] },
      [`record nodeName of ${INSTANCE_ID}`, 'hint data'],
    ],
    [
      'an answer to an edit, though nothing is to be done for it',
      { shown: [[anEni()]], states: [SETTLED], nodeEnis: [aNodeEni({}, { generation: 2 })] },
      [`tell data/subnet-a=Attached of ${INSTANCE_ID}`, 'hint data'],
    ],
    [
      'that the word of the host on a slot of before counts no more',
      { shown: [[anEni()]], states: [{ ...SETTLED, status: { ...SETTLED.status, host: OLD } }] },
      [`tell drop old/subnet-a of ${INSTANCE_ID}`],
    ],
    [
      'the end of a gone instance, which keeps no status',
      { instances: [anInstance({ state: 'terminated' })], states: [SETTLED] },
      [`forget ${INSTANCE_ID}`, 'hint data', 'publish Released data'],
    ],
    [
      'nothing of a gone instance of which nothing was written',
      { instances: [anInstance({ state: 'terminated' })] },
      [],
    ],
    [
      'that only a later reconcile will tell, of one that is shutting down',
      { instances: [anInstance({ state: 'shutting-down' })], states: [SETTLED] },
      [`reconcile ${INSTANCE_ID} in 60`],
    ],
  ])('is %s', async (_name, world, lines) => {
    expect(await reconciled(world)).toEqual(lines);
  });
});

describe('what a reconcile writes of an instance that EC2 does not know', () => {
  it('is when that was first seen, and nothing of its rows', async () => {
    const done = await reconciled({ states: [SETTLED] }, { isKnown: false });

    expect(done).toEqual([
      `record missingSince of ${INSTANCE_ID}`,
      `reconcile ${INSTANCE_ID} in 60`,
    ]);
  });
});

describe('what a reconcile writes once a command has ended', () => {
  const served = stateAfter(anObservation({ ours: [anEni()], runCommand: { isUsual: true } }));
  const records = served.spec.interfaces ?? {};
  const record = records[SLOT];
  const hostCommand = {
    digest: digestOf(records),
    bootedAt: anInstance().launchTime.toISOString(),
    sentAt: ago(10),
    commandId: 'command-1',
    failures: 0,
  };
  const waiting = {
    phase: 'Attached',
    reason: 'WaitingForHost',
    message: '',
    since: ago(60),
  } as const;
  const row = { eniId: 'eni-1', generation: 1, configured: true };

  const ended = (result: object) =>
    reconciled({
      shown: [[anEni()]],
      // The tags of the record are to change, which is no matter of the host.
      states: [
        {
          ...served,
          status: { interfaces: { [SLOT]: waiting } },
          spec: {
            ...served.spec,
            hostCommand,
            interfaces: record ? { [SLOT]: { ...record, userTags: { team: 'core' } } } : {},
          },
        },
      ],
      commands: {
        'command-1': {
          state: 'ended',
          status: 'Success',
          output: JSON.stringify(result),
          errorOutput: '',
        },
      },
    });

  it('is the word of the host first, and the interface that it makes ready', async () => {
    const done = await ended({ converged: true, host: { [SLOT]: row } });

    expect(done).toEqual([
      `record interfaces of ${INSTANCE_ID}`,
      `tell host ${SLOT} of ${INSTANCE_ID}`,
      `record hostCommand of ${INSTANCE_ID}`,
      `tell ${SLOT}=Attached of ${INSTANCE_ID}`,
      'hint data',
      'publish Ready data',
    ]);
  });

  it('is how it failed, and a reconcile when the next one may be sent', async () => {
    const done = await ended({ converged: false, error: 'No Node.' });

    expect(done).toEqual([
      `record interfaces of ${INSTANCE_ID}`,
      `record hostCommand of ${INSTANCE_ID}`,
      `tell ${SLOT}=CommandFailed of ${INSTANCE_ID}`,
      'hint data',
      `reconcile ${INSTANCE_ID} in 30`,
    ]);
  });
});
