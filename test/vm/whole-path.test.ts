import { DetachNetworkInterfaceCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FINALIZER } from '#core/apis/v1alpha1/names.ts';
import type { Attachment } from '#core/apis/v1alpha1/node-eni.ts';
import { apply, manifestFor } from '#test/e2e/manifests.ts';
import { attachmentsOf, eventually, remove, untilGone, untilReady } from '#test/e2e/outcomes.ts';
import { type GuestProgram, startProgram } from '#test/support/vm/guest-agent.ts';
import { lookAtLink } from '#test/support/vm/look.ts';
import { useMachine } from '#test/support/vm/use-machine.ts';
import { useStage, useWholePath } from '#test/support/vm/whole-path-stage.ts';

const ADDRESS = '0000:00:06.0';
/** Has the device open, as a program for DPDK does. */
const HOLD = 'exec tail -f /dev/null 3<> /dev/vfio/noiommu-*';
const AS_ASKED = { configured: true, mtu: 9001, pciAddress: ADDRESS, driver: 'e1000e' };
const UP = { ifname: 'ens6', mtu: 9001, flags: expect.arrayContaining(['UP']) };

describe('a NodeENI of a node that is a virtual machine', () => {
  const stage = useStage();
  const machine = useMachine({ kind: 'virtual', vfio: 'rebuilt' });
  const path = useWholePath(stage, machine);

  const create = async (spec: object): Promise<void> => {
    path().showAgent();
    path().moments.length = 0;
    await apply(path(), manifestFor(path().fleet, spec));
    onTestFinished(async () => {
      await remove(path());
      await untilGone(path());
    });
  };

  const untilRow = (row: Partial<Attachment>): Promise<void> =>
    eventually(async () => {
      const [found] = attachmentsOf(await path().client.nodeEni('data'));
      expect(found).toMatchObject(row);
    });

  const untilReadyWith = (row: Partial<Attachment>): Promise<void> =>
    eventually(async () => {
      const [found] = attachmentsOf(await untilReady(path(), 1));
      expect(found).toMatchObject(row);
    });

  /** The interface as EC2, the agent and the guest itself have it. */
  const observeAll = async () => {
    const [[eni], [state], link] = await Promise.all([
      path().interfaces(),
      path().client.states(),
      lookAtLink(machine(), 'eth2'),
    ]);
    return { eni, host: Object.values(state?.status?.host ?? {}), link };
  };

  const hold = async (): Promise<GuestProgram> => {
    const holder = await startProgram(machine(), `bash -c '${HOLD}'`);
    onTestFinished(() => holder.end());
    await machine().tell(`until [ -e /proc/${holder.pid}/fd/3 ]; do sleep 0.1; done`);
    return holder;
  };

  // Two tests of one NodeENI: each that is made and deleted costs five seconds.
  it('is ready when its link is up with its MTU, and again after a person has detached it in EC2', async () => {
    await create({ mtu: 9001 });
    await untilReadyWith({ mtu: 9001, interfaceName: 'ens6', dpdkPCIAddress: ADDRESS });
    const before = await observeAll();

    await path().ec2.send(
      new DetachNetworkInterfaceCommand({ AttachmentId: before.eni?.attachmentId }),
    );
    const after = await eventually(async () => {
      const seen = await observeAll();
      expect(seen).toMatchObject({ host: [AS_ASKED], link: UP });
      return seen;
    });
    await untilReadyWith({ mtu: 9001, interfaceName: 'ens6', dpdkPCIAddress: ADDRESS });

    const eni = { status: 'in-use', deviceIndex: 2, eniId: before.eni?.eniId };
    expect(before).toMatchObject({ eni, host: [AS_ASKED], link: UP });
    expect(after).toMatchObject({ eni });
    const plugs = path().moments.map(({ what }) => what);
    expect(plugs).toEqual(['attached', 'detach asked', 'unplugged', 'attached']);
  });

  it('with DPDK has its device bound, and is taken apart in order once no program holds it', async () => {
    await create({ mtu: 9001, enableDPDK: true });
    await untilReadyWith({ dpdkBound: true, dpdkDriver: 'vfio-pci', dpdkPCIAddress: ADDRESS });
    const holder = await hold();

    await remove(path());
    await untilRow({
      status: 'releasing',
      reason: 'InUse',
      message: `tail (process ${holder.pid}) still uses the link.`,
    });
    await path().note('still held', ADDRESS);
    await holder.end();
    await untilGone(path());

    expect(path().moments).toEqual([
      { what: 'attached', driver: expect.anything(), finalizers: [FINALIZER] },
      { what: 'still held', driver: 'vfio-pci', finalizers: [FINALIZER] },
      { what: 'detach asked', driver: 'e1000e', finalizers: [FINALIZER] },
      { what: 'unplugged', driver: '', finalizers: [FINALIZER] },
    ]);
    expect(await path().interfaces()).toEqual([]);
  });
});
