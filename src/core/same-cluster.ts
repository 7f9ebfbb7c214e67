import { CallError } from './errors.ts';
import type { ClusterIdentity } from './ports/cluster.ts';

/**
 * Throws `Conflict` unless the cluster is still the one with this uid: ENIs of one cluster and owners of another, read one after
 * the other, would make orphans of them all.
 */
export const checkSameCluster = async (identity: ClusterIdentity, uid: string): Promise<void> => {
  if ((await identity.uid()) !== uid)
    throw new CallError('Conflict', 'Conflict', 'The cluster was made anew meanwhile.');
};
