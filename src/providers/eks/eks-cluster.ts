import { answered } from '../kubernetes/connection-errors.ts';
import type { EksApi } from './eks-api.ts';

/** What a deploy must know of a cluster of EKS. */
export interface EksCluster {
  /** Whether access entries count: they do not in the authentication mode `CONFIG_MAP`. */
  readonly takesAccessEntries: boolean;
  /** Whether what the API server calls goes through the VPC of whoever has the cluster, and not through EKS's own. */
  readonly isEgressCustomerRouted: boolean;
}

/** A cluster as EKS describes it ("DescribeCluster", Amazon EKS API Reference). Throws `CallError`. */
export const readEksCluster = async (eks: EksApi, name: string): Promise<EksCluster> => {
  const { cluster } = await answered('DescribeCluster', eks.describeCluster({ name }));
  return {
    takesAccessEntries: cluster?.accessConfig?.authenticationMode !== 'CONFIG_MAP',
    isEgressCustomerRouted:
      cluster?.resourcesVpcConfig?.controlPlaneEgressMode === 'CUSTOMER_ROUTED',
  };
};
