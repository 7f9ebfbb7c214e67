import { readFileSync } from 'node:fs';
import { STSClient } from '@aws-sdk/client-sts';
import { createEksConnection } from '#providers/eks/eks-connection.ts';
import { createEksToken } from '#providers/eks/eks-token.ts';
import { createConnectedApi } from '#providers/kubernetes/connected-api.ts';
import type { KubernetesApi } from '#providers/kubernetes/kubernetes-api.ts';
import { createStsApi } from '#providers/sts/sts-api.ts';
import type { KubeApiserver } from '#test/support/servers/kube-apiserver.ts';

const CLUSTER_NAME = 'e2e';

// At a moment that stands still the same token is made each time, so a server can know it beforehand.
const now = new Date();
const clock = { now: () => now };
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
const sts = createStsApi(new STSClient({ region: 'us-east-1', credentials }));

/** The token by which EKS would know the functions. */
export const eksToken = async (): Promise<string> =>
  (await createEksToken({ sts, clock }, CLUSTER_NAME)).value;

/** The way the functions go to a cluster of EKS: its address and authority are what DescribeCluster tells. */
export const connectAsOnEks = ({
  url,
  caFile,
}: Pick<KubeApiserver, 'url' | 'caFile'>): KubernetesApi =>
  createConnectedApi(
    createEksConnection({
      eks: {
        describeCluster: async () => ({
          cluster: {
            endpoint: url,
            certificateAuthority: { data: readFileSync(caFile).toString('base64') },
          },
          $metadata: {},
        }),
      },
      sts,
      clock,
      clusterName: CLUSTER_NAME,
    }),
  );
