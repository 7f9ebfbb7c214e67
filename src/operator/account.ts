import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EC2Client } from '@aws-sdk/client-ec2';
import { EKSClient } from '@aws-sdk/client-eks';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { createCloudWatchApi } from '#providers/cloudwatch/cloudwatch-api.ts';
import { readSweeps } from '#providers/cloudwatch/sweeps.ts';
import { countInterfaces } from '#providers/ec2/count-interfaces.ts';
import { readDeniedChanges, type Trial } from '#providers/ec2/dry-run.ts';
import { createEc2Api } from '#providers/ec2/ec2-api.ts';
import { createAccessEntriesApi } from '#providers/eks/access-entries-api.ts';
import { createEksApi } from '#providers/eks/eks-api.ts';
import { type EksCluster, readEksCluster } from '#providers/eks/eks-cluster.ts';
import { readMembersOfGroup } from '#providers/eks/members-of-group.ts';
import { readForbiddenActions } from '#providers/iam/forbidden-actions.ts';
import { createIamApi } from '#providers/iam/iam-api.ts';
import { type Concurrency, readConcurrency } from '#providers/lambda/concurrency.ts';
import { createLambdaApi } from '#providers/lambda/lambda-api.ts';
import { readInterfaceQuota } from '#providers/service-quotas/interface-quota.ts';
import { createServiceQuotasApi } from '#providers/service-quotas/service-quotas-api.ts';
import { type AwsSettings, clientSettings } from './aws-apis.ts';

/** What of an account decides whether a deploy works in it. Each question is a call of its own, and throws `CallError`. */
export interface Account {
  eksCluster(name: string): Promise<EksCluster>;
  concurrency(): Promise<Concurrency>;
  /** How many interfaces the account may have in the region, where AWS says so, and how many there are. */
  interfaces(): Promise<{ readonly most?: number; readonly used: number }>;
  /** Minutes of that span in which sweeps of a deploy ended well, oldest first. */
  sweeps(of: {
    readonly clusterName: string;
    readonly from: Date;
    readonly to: Date;
  }): Promise<readonly Date[]>;
  /** The IAM roles that EKS lets in as members of a Kubernetes group. */
  membersOf(of: {
    readonly clusterName: string;
    readonly group: string;
  }): Promise<readonly string[]>;
  /** Which actions a role can never take, whatever its own policy says. */
  forbidden(of: {
    readonly roleArn: string;
    readonly actions: readonly string[];
  }): Promise<readonly string[]>;
  /** Which changes of interfaces whoever asks may not make. Nothing is changed. */
  deniedChanges(trial: Trial): Promise<readonly string[]>;
}

/** The account of the SDK's own settings. */
export const createAccount = (settings: AwsSettings): Account => {
  const given = clientSettings(settings);
  const ec2 = createEc2Api(new EC2Client(given));
  const eks = new EKSClient(given);
  const cloudWatch = createCloudWatchApi(new CloudWatchClient(given));
  const iam = createIamApi(new IAMClient(given));
  const quotas = createServiceQuotasApi(new ServiceQuotasClient(given));
  const lambda = createLambdaApi(new LambdaClient(given));
  return {
    eksCluster: (name) => readEksCluster(createEksApi(eks), name),
    concurrency: () => readConcurrency(lambda),
    async interfaces() {
      const [most, used] = await Promise.all([readInterfaceQuota(quotas), countInterfaces(ec2)]);
      return { ...(most !== undefined && { most }), used };
    },
    sweeps: (of) => readSweeps(cloudWatch, of),
    membersOf: (of) => readMembersOfGroup(createAccessEntriesApi(eks), of),
    forbidden: (of) => readForbiddenActions(iam, of),
    deniedChanges: (trial) => readDeniedChanges(ec2, trial),
  };
};
