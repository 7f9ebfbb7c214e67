import {
  GetAccountSettingsCommand,
  type GetAccountSettingsCommandOutput,
  type LambdaClient,
} from '@aws-sdk/client-lambda';

/** Every call that the command line makes of Lambda itself; the functions make none. */
export interface LambdaApi {
  getAccountSettings(): Promise<GetAccountSettingsCommandOutput>;
}

/** The calls over the wire. */
export const createLambdaApi = (client: LambdaClient): LambdaApi => ({
  getAccountSettings: () => client.send(new GetAccountSettingsCommand({})),
});
