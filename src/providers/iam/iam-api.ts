import {
  type IAMClient,
  SimulatePrincipalPolicyCommand,
  type SimulatePrincipalPolicyCommandInput,
  type SimulatePrincipalPolicyCommandOutput,
} from '@aws-sdk/client-iam';

/** Every call that the command line makes of IAM; the functions make none. */
export interface IamApi {
  simulatePrincipalPolicy(
    input: SimulatePrincipalPolicyCommandInput,
  ): Promise<SimulatePrincipalPolicyCommandOutput>;
}

/** The calls over the wire. */
export const createIamApi = (client: IAMClient): IamApi => ({
  simulatePrincipalPolicy: (input) => client.send(new SimulatePrincipalPolicyCommand(input)),
});
