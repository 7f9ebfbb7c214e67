import { missingIn } from './check-network.ts';
import type { Check } from './finding.ts';
import type { Patient } from './patient.ts';

/** Whether the account may have the interfaces that are still to be made. */
export const quotaCheck: Check<Patient> = {
  name: 'quota of interfaces',
  isOptional: true,
  async find(patient) {
    const { most, used } = await patient.account.interfaces();
    if (most === undefined) return [];
    const missing = await Promise.all(
      patient.nodeEnis.items.map((nodeEni) => missingIn(nodeEni, patient)),
    );
    const needed = missing.flat().reduce((sum, { interfaces }) => sum + interfaces, 0);
    if (used + needed <= most) return [];
    return [
      {
        severity: needed > 0 ? 'error' : 'warning',
        what: `The account has ${used} of ${most} network interfaces in this region, and ${needed} more are asked for.`,
        why: 'EC2 refuses what is above (NetworkInterfaceLimitExceeded), to nodes and load balancers, too.',
        mend: 'aws service-quotas request-service-quota-increase --service-code vpc --quota-code L-DF5E4CA3 --desired-value <n>',
      },
    ];
  },
};
