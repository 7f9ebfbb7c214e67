import { EKSClient } from '@aws-sdk/client-eks';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { createEksApi } from '#providers/eks/eks-api.ts';
import { type EksCluster, readEksCluster } from '#providers/eks/eks-cluster.ts';
import { type Concurrency, readConcurrency } from '#providers/lambda/concurrency.ts';
import { createLambdaApi } from '#providers/lambda/lambda-api.ts';
import { type AwsSettings, clientSettings } from './aws-apis.ts';

/** What of an account decides whether a deploy works in it. Each question is a call of its own, and throws `CallError`. */
export interface Account {
  eksCluster(name: string): Promise<EksCluster>;
  concurrency(): Promise<Concurrency>;
}

/** The account of the SDK's own settings. */
export const createAccount = (settings: AwsSettings): Account => ({
  eksCluster: (name) => readEksCluster(createEksApi(new EKSClient(clientSettings(settings))), name),
  concurrency: () => readConcurrency(createLambdaApi(new LambdaClient(clientSettings(settings)))),
});
