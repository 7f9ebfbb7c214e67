/** Names in the manifest that the account must have. */
export const SUBNET_ID = 'subnet-0f59b4f14737be9ad';
export const SECURITY_GROUP_ID = 'sg-05da196f3314d4af8';
export const NODE_LABELS = { ng: 'multi-eni' } as const;
export const NODE_ENI_NAME = 'multus-eni-config';

/** What a user of Multus applies; nothing in it is made for the demo. */
export const MANIFEST = `apiVersion: networking.k8s.aws/v1alpha1
kind: NodeENI
metadata:
  name: ${NODE_ENI_NAME}
spec:
  nodeSelector:
    ng: ${NODE_LABELS.ng}
  subnetID: ${SUBNET_ID}
  securityGroupIDs:
  - ${SECURITY_GROUP_ID}
  deviceIndex: 2  # This will create eth2 on the node
  mtu: 9001
  deleteOnTermination: true
  description: "Multus ENI for secondary network interfaces"
`;
