import {
  GetAWSDefaultServiceQuotaCommand,
  type GetAWSDefaultServiceQuotaCommandInput,
  type GetAWSDefaultServiceQuotaCommandOutput,
  GetServiceQuotaCommand,
  type GetServiceQuotaCommandInput,
  type GetServiceQuotaCommandOutput,
  type ServiceQuotasClient,
} from '@aws-sdk/client-service-quotas';

/** Every call that the command line makes of Service Quotas; the functions make none. */
export interface ServiceQuotasApi {
  getServiceQuota(input: GetServiceQuotaCommandInput): Promise<GetServiceQuotaCommandOutput>;
  getDefaultServiceQuota(
    input: GetAWSDefaultServiceQuotaCommandInput,
  ): Promise<GetAWSDefaultServiceQuotaCommandOutput>;
}

/** The calls over the wire. */
export const createServiceQuotasApi = (client: ServiceQuotasClient): ServiceQuotasApi => ({
  getServiceQuota: (input) => client.send(new GetServiceQuotaCommand(input)),
  getDefaultServiceQuota: (input) => client.send(new GetAWSDefaultServiceQuotaCommand(input)),
});
