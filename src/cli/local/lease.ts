import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { CallError, failureOf, ignoreNotFound } from '#core/errors.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { KubernetesApi, KubernetesObject } from '#providers/kubernetes/kubernetes-api.ts';
import { LEASES } from '#providers/kubernetes/resources.ts';
import { Complaint } from '../complaint.ts';

const NAMESPACE = 'kube-system';
const NAME = 'nodeeni-local';
const DURATION_SECONDS = 15;

interface LeaseSpec {
  readonly holderIdentity?: string | null;
  readonly renewTime?: string | null;
}

/** The right to be the only process that acts on this cluster. */
export interface Lease {
  /** Resolves when the lease is lost: someone else took it, or it could not be renewed in time. */
  readonly lost: Promise<Complaint>;
  release(): Promise<void>;
}

const specOf = (lease: KubernetesObject): LeaseSpec => (lease.spec ?? {}) as LeaseSpec;

const takenBy = (holder: string): Complaint =>
  new Complaint(
    `Another "nodeeni local" (${holder}) already works on this cluster. Stop it, or wait ${DURATION_SECONDS} seconds after it has died.`,
  );

const explain = (error: unknown): Error => {
  if (error instanceof Complaint || !(error instanceof CallError)) return error as Error;
  if (error.failure === 'Conflict') return takenBy('it came just before this one');
  if (error.failure === 'Denied')
    return new Complaint(
      `You may not write Lease ${NAMESPACE}/${NAME}: ${error.message}. Ask for get, create and patch on leases in ${NAMESPACE}.`,
    );
  return error;
};

/**
 * Takes the Lease `kube-system/nodeeni-local` ("Leases", kubernetes.io) and keeps it renewed. Throws a `Complaint` when
 * another process holds it or leases are forbidden.
 */
export const acquireLease = async (
  kubernetes: KubernetesApi,
  clock: Clock,
  signal: AbortSignal,
): Promise<Lease> => {
  const holderIdentity = `${hostname()}_${process.pid}_${randomUUID()}`;
  const held = (): LeaseSpec & { readonly leaseDurationSeconds: number } => ({
    holderIdentity,
    leaseDurationSeconds: DURATION_SECONDS,
    // A Lease tells microseconds.
    renewTime: clock.now().toISOString().replace('Z', '000Z'),
  });

  /** Only over the version that was read, so that of two who try one is refused. */
  const write = (
    { metadata: { resourceVersion } }: KubernetesObject,
    spec: LeaseSpec,
  ): Promise<KubernetesObject> =>
    kubernetes.patch(
      LEASES,
      NAME,
      {
        type: 'merge',
        body: { metadata: { ...(resourceVersion !== undefined && { resourceVersion }) }, spec },
      },
      { namespace: NAMESPACE },
    );

  const take = async (): Promise<KubernetesObject> => {
    const found = await ignoreNotFound(kubernetes.get(LEASES, NAME, NAMESPACE));
    if (found === undefined)
      return kubernetes.create(LEASES, {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name: NAME, namespace: NAMESPACE },
        spec: held(),
      });
    const { holderIdentity: holder, renewTime } = specOf(found);
    const ageSeconds = (clock.now().getTime() - Date.parse(renewTime ?? '')) / 1000;
    if (holder && ageSeconds < DURATION_SECONDS) throw takenBy(holder);
    return write(found, held());
  };

  let lease = await take().catch((error: unknown) => {
    throw explain(error);
  });
  let renewedAt = clock.now().getTime();
  const { promise: lost, resolve: lose } = Promise.withResolvers<Complaint>();

  /** A write whose answer was lost looks like a conflict; the Lease itself tells whose it is. */
  const renew = async (): Promise<void> => {
    try {
      lease = await write(lease, held());
    } catch (error) {
      if (failureOf(error) !== 'Conflict') throw error;
      lease = await kubernetes.get(LEASES, NAME, NAMESPACE);
      const holder = specOf(lease).holderIdentity ?? 'unnamed';
      if (holder !== holderIdentity) throw takenBy(holder);
    }
    renewedAt = clock.now().getTime();
  };

  /** Why the lease must be given up; undefined while it holds. */
  const tryToRenew = async (): Promise<Complaint | undefined> => {
    try {
      await renew();
      return undefined;
    } catch (error) {
      if (error instanceof Complaint) return error;
      if (clock.now().getTime() - renewedAt < DURATION_SECONDS * 1000) return undefined;
      return new Complaint('The Lease could not be renewed in time: this process stops.');
    }
  };

  const keep = async (): Promise<void> => {
    while (!signal.aborted) {
      await clock.sleep((DURATION_SECONDS / 3) * 1000);
      const complaint = signal.aborted ? undefined : await tryToRenew();
      if (complaint !== undefined) return lose(complaint);
    }
  };
  void keep();

  return {
    lost,
    async release() {
      // Whoever took it meanwhile keeps it.
      await write(lease, { holderIdentity: null, renewTime: null }).catch(() => undefined);
    },
  };
};
