import { describe, expect, it } from 'vitest';
import { Complaint } from '#cli/complaint.ts';
import { acquireLease } from '#cli/local/lease.ts';
import { CallError } from '#core/errors.ts';
import { LEASES } from '#providers/kubernetes/resources.ts';
import { SimulatedKubernetes } from '#simulator/kubernetes/simulated-kubernetes.ts';
import { VirtualClock } from '#simulator/virtual-clock.ts';

const setUp = () => {
  const clock = new VirtualClock();
  const kubernetes = new SimulatedKubernetes({ clock });
  const ending = new AbortController();
  const acquire = () => acquireLease(kubernetes, clock, ending.signal);
  const holder = async (): Promise<unknown> => {
    const { spec } = await kubernetes.get(LEASES, 'nodeeni-local', 'kube-system');
    return (spec as { holderIdentity?: string }).holderIdentity;
  };
  const steal = () =>
    kubernetes.patch(
      LEASES,
      'nodeeni-local',
      { type: 'merge', body: { spec: { holderIdentity: 'thief' } } },
      { namespace: 'kube-system' },
    );
  return { clock, kubernetes, ending, acquire, holder, steal };
};

describe('The lease of the local process', () => {
  it('keeps a second process away for as long as the first lives', async () => {
    const { clock, acquire } = setUp();
    await acquire();

    await clock.advanceBy(60_000);

    await expect(acquire()).rejects.toThrow(/Another "nodeeni local" \(.+\) already works/);
  });

  it('can be taken at once when it was given back', async () => {
    const { acquire, ending, holder } = setUp();
    const first = await acquire();
    ending.abort();
    const before = await holder();

    await first.release();
    await acquire();

    expect(await holder()).not.toBe(before);
  });

  it('can be taken 15 seconds after its holder died', async () => {
    const { clock, acquire, ending } = setUp();
    await acquire();
    ending.abort();

    await clock.advanceBy(14_000);
    await expect(acquire()).rejects.toThrow(Complaint);
    await clock.advanceBy(2_000);

    await expect(acquire()).resolves.toBeDefined();
  });

  it('is lost when another process takes it', async () => {
    const { clock, acquire, steal } = setUp();
    const { lost } = await acquire();

    await steal();
    await clock.advanceBy(6_000);

    expect((await lost).message).toContain('thief');
  });

  it('is not lost when only the answer of a renewal is', async () => {
    const { clock, kubernetes, acquire, holder } = setUp();
    const lease = await acquire();
    const before = await holder();
    const gone = new CallError('Unknown', 'Unreachable', 'connection reset');
    kubernetes.failNextAfterEffect('patch', 'leases', gone);
    let isLost = false;
    void lease.lost.then(() => {
      isLost = true;
    });

    await clock.advanceBy(60_000);

    expect(isLost).toBe(false);
    expect(await holder()).toBe(before);
  });

  it('is lost when it cannot be renewed for 15 seconds', async () => {
    const { clock, kubernetes, acquire } = setUp();
    const { lost } = await acquire();

    kubernetes.setUnreachable(true);
    await clock.advanceBy(25_000);

    expect((await lost).message).toContain('could not be renewed');
  });

  it('stays with whoever took it when it is given back too late', async () => {
    const { acquire, holder, steal } = setUp();
    const lease = await acquire();
    await steal();

    await lease.release();

    expect(await holder()).toBe('thief');
  });

  it('asks for the right to write it when that is missing', async () => {
    const { kubernetes, acquire } = setUp();
    const denied = new CallError('Denied', 'Forbidden', 'leases is forbidden');
    kubernetes.failNext('get', 'leases', denied);

    await expect(acquire()).rejects.toThrow('Ask for get, create and patch on leases');
  });
});
