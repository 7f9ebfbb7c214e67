import { ignoreNotFound } from '#core/errors.ts';
import { LEASES } from '#providers/kubernetes/resources.ts';
import type { Check, Finding } from './finding.ts';
import type { Patient } from './patient.ts';

/** Three sweeps where there are as few as options allow (`sweepMinutes`). */
const LOOKED_AT_SECONDS = 3 * 3600;

/** Metrics come late, and a sweep now and then fails. */
const PATIENCE_SECONDS = 900;

const LOCAL_LEASE = { name: 'nodeeni-local', namespace: 'kube-system', liveSeconds: 60 } as const;

/** `nodeeni local` sweeps itself, and keeps a lease renewed as long as it runs. */
const isLocalRunning = async ({ kubernetes, now }: Patient): Promise<boolean> => {
  const { name, namespace, liveSeconds } = LOCAL_LEASE;
  const lease = await ignoreNotFound(kubernetes.get(LEASES, name, namespace));
  const { holderIdentity, renewTime } = (lease?.spec ?? {}) as {
    readonly holderIdentity?: string | null;
    readonly renewTime?: string | null;
  };
  if (!holderIdentity) return false;
  return now.getTime() - Date.parse(renewTime ?? '') < liveSeconds * 1000;
};

const LOOK =
  'Look at the alarm SweepMissing and the log of the function sweep (docs/runbook.md#no-sweep), or run "nodeeni local".';

const none = ({ nodeEnis }: Patient): Finding => ({
  severity: nodeEnis.items.length > 0 ? 'error' : 'note',
  what: 'No sweep has ended well within three hours, and no "nodeeni local" runs.',
  why: 'What events miss is never found, and what nobody owns stays.',
  mend: LOOK,
});

const minutes = (seconds: number): string => `${Math.round(seconds / 60)} minutes`;

/** How long it usually is from one sweep to the next: the shortest time, since some may have failed. */
const usualSeconds = (sweeps: readonly Date[]): number =>
  Math.min(
    ...sweeps.slice(1).map((at, index) => {
      const before = sweeps[index] ?? at;
      return (at.getTime() - before.getTime()) / 1000;
    }),
  );

/** Whether somebody finds what events miss. */
export const sweepCheck: Check<Patient> = {
  name: 'last sweep',
  isOptional: true,
  async find(patient) {
    const { account, clusterName, now } = patient;
    if (await isLocalRunning(patient)) return [];
    const from = new Date(now.getTime() - LOOKED_AT_SECONDS * 1000);
    const sweeps = await account.sweeps({ clusterName, from, to: now });
    const last = sweeps.at(-1);
    if (last === undefined) return [none(patient)];
    const ago = (now.getTime() - last.getTime()) / 1000;
    const usual = usualSeconds(sweeps);
    if (ago < Math.max(PATIENCE_SECONDS, 3 * usual)) return [];
    return [
      {
        severity: 'warning',
        what: `The last sweep that ended well was ${minutes(ago)} ago.`,
        why: 'What events miss since then is not found.',
        mend: LOOK,
      },
    ];
  },
};
