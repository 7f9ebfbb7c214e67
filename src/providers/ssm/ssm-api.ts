import {
  GetCommandInvocationCommand,
  type GetCommandInvocationCommandInput,
  type GetCommandInvocationCommandOutput,
  GetParameterCommand,
  type GetParameterCommandInput,
  type GetParameterCommandOutput,
  SendCommandCommand,
  type SendCommandCommandInput,
  type SendCommandCommandOutput,
  type SSMClient,
} from '@aws-sdk/client-ssm';

/** Every Systems Manager call this product makes. */
export interface SsmApi {
  getParameter(input: GetParameterCommandInput): Promise<GetParameterCommandOutput>;
  sendCommand(input: SendCommandCommandInput): Promise<SendCommandCommandOutput>;
  getCommandInvocation(
    input: GetCommandInvocationCommandInput,
  ): Promise<GetCommandInvocationCommandOutput>;
}

/** The calls over the wire. */
export const createSsmApi = (client: SSMClient): SsmApi => ({
  getParameter: (input) => client.send(new GetParameterCommand(input)),
  sendCommand: (input) => client.send(new SendCommandCommand(input)),
  getCommandInvocation: (input) => client.send(new GetCommandInvocationCommand(input)),
});
