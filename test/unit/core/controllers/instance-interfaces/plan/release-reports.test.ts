import { describe, expect, it } from 'vitest';
import type { HostStatus } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { NetworkInterfaceAttachment } from '#core/ports/cloud.ts';
import {
  ATTACHMENT,
  ago,
  aNodeEni,
  anAvailableEni,
  anEni,
  anInstance,
  aRecord,
  aState,
  INSTANCE_ID,
} from '#test/support/builders.ts';
import { type ReconcileInput, release } from './a-release.ts';

const SLOT = 'data/subnet-a';
const GONE = { instance: anInstance({ state: 'terminated' }) };
const KEEPING = { nodeEnis: [aNodeEni({ deleteOnTermination: false })] };

const reportOf = (given: ReconcileInput) => release(given).report;

const attachedAs = (attachment: Partial<NetworkInterfaceAttachment>) =>
  anEni({ attachment: { ...ATTACHMENT, ...attachment } });

const since = (seconds: number) =>
  aRecord({ phase: 'Releasing', releasingSince: ago(seconds), createTriedAt: ago(seconds) });

const aHostRow = (row: Partial<HostStatus> = {}): HostStatus => ({
  eniId: 'eni-1',
  generation: 1,
  ...row,
});

const heard = (row: Partial<HostStatus>) => ({
  state: aState({}, { host: { [SLOT]: aHostRow(row) } }),
});

describe('planRelease, in its words for people', () => {
  it.each<ReconcileInput & { phase: string; reason: string; message: string }>([
    {
      phase: 'Releasing',
      reason: 'NotVisibleYet',
      message: 'EC2 may still show an ENI that was just created.',
      eni: undefined,
      record: since(10),
    },
    {
      phase: 'Failed',
      reason: 'AttachedElsewhere',
      message: 'eni-1 was attached to i-other by someone else and is given up.',
      eni: attachedAs({ instanceId: 'i-other' }),
    },
    {
      phase: 'Releasing',
      reason: 'Deleting',
      message: 'eni-1 is being deleted.',
      eni: anAvailableEni(),
    },
    {
      phase: 'Releasing',
      reason: 'InstanceBusy',
      message: 'EC2 detaches only from running or stopped instances.',
      observed: { instance: anInstance({ state: 'stopping' }) },
    },
    {
      phase: 'Releasing',
      reason: 'WaitingForHost',
      message: 'The agent is letting go of the link.',
      observed: heard({}),
    },
    {
      phase: 'Releasing',
      reason: 'InUse',
      message: 'pod dpdk-1 still uses the link.',
      observed: heard({ inUseBy: 'pod dpdk-1' }),
    },
    { phase: 'Releasing', reason: 'Detaching', message: 'eni-1 is being detached.' },
    {
      phase: 'Releasing',
      reason: 'Detaching',
      message: 'eni-1 is being detached.',
      eni: attachedAs({ status: 'detaching' }),
    },
    {
      phase: 'Failed',
      reason: 'DetachStuck',
      message:
        'eni-1 has been detaching for over 10 minutes. Stop the instance, or force the detachment by hand as a last resort.',
      eni: attachedAs({ status: 'detaching' }),
      record: since(600),
    },
    {
      phase: 'Releasing',
      reason: 'Attaching',
      message: 'eni-1 is still being attached; it is detached after that.',
      eni: attachedAs({ status: 'attaching' }),
    },
    {
      phase: 'Releasing',
      reason: 'InstanceEnding',
      message: 'The instance has ended; EC2 is cleaning up.',
      observed: GONE,
    },
    {
      phase: 'Retained',
      reason: 'Retained',
      message: `eni-1 outlived ${INSTANCE_ID} (deleteOnTermination: false). It goes with the NodeENI, or by nodeeni gc --retained.`,
      eni: anAvailableEni(),
      observed: { ...GONE, ...KEEPING },
    },
  ])('says $phase, $reason: $message', ({ phase, reason, message, ...given }) => {
    expect(reportOf(given)).toEqual({ phase, reason, message });
  });

  it.each([
    { name: 'nothing', status: {} },
    { name: 'no slot', status: { status: { interfaces: {} } } },
    { name: 'another slot', status: { status: { host: { 'voice/a': aHostRow() } } } },
  ])('waits for a host that is at work and has told of $name', ({ status }) => {
    const { status: _, ...silent } = aState();
    const hostCommand = {
      digest: 'd',
      bootedAt: ago(500),
      sentAt: ago(5),
      commandId: 'c',
      failures: 0,
    };
    const state = { ...silent, spec: { ...silent.spec, hostCommand }, ...status };

    expect(reportOf({ observed: { state } })?.reason).toBe('WaitingForHost');
  });
});
