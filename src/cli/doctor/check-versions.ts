import type { Check } from './finding.ts';
import type { Outside } from './patient.ts';

/** The first minor version whose API server has all that the manifests use, and that they are tried on. */
const LEAST_MINOR = 33;

/** Whether the API server is one that this version works with. */
export const versionsCheck: Check<Outside> = {
  name: 'version of Kubernetes',
  async find({ probe }) {
    const version = await probe.version();
    const [, major, minor] = /^v(\d+)\.(\d+)/.exec(version) ?? [];
    if (major !== '1' || Number(minor) >= LEAST_MINOR) return [];
    return [
      {
        severity: 'error',
        what: `The API server is ${version}; 1.${LEAST_MINOR} or newer is needed.`,
        why: 'Rules of the CRDs and policies are not kept by an older one, or it refuses them.',
        mend: 'Upgrade the control plane.',
      },
    ];
  },
};
