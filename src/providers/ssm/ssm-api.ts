import {
  GetParameterCommand,
  type GetParameterCommandInput,
  type GetParameterCommandOutput,
  type SSMClient,
} from '@aws-sdk/client-ssm';

/** Every Systems Manager call this product makes. */
export interface SsmApi {
  getParameter(input: GetParameterCommandInput): Promise<GetParameterCommandOutput>;
}

/** The calls over the wire. */
export const createSsmApi = (client: SSMClient): SsmApi => ({
  getParameter: (input) => client.send(new GetParameterCommand(input)),
});
