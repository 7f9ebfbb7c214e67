import { answered, classifyConnectionError } from '../kubernetes/connection-errors.ts';
import type { ServiceQuotasApi } from './service-quotas-api.ts';

/** "Network interfaces per Region" ("Amazon VPC quotas"). */
const INTERFACES = { ServiceCode: 'vpc', QuotaCode: 'L-DF5E4CA3' } as const;

/** Its name where nobody has asked for another value than AWS's own ("GetServiceQuota", Service Quotas API Reference). */
const isUnset = (error: unknown): boolean =>
  error instanceof Error && error.name === 'NoSuchResourceException';

/** How many interfaces the account may have in the region; undefined where AWS does not say. Throws `CallError`. */
export const readInterfaceQuota = async (quotas: ServiceQuotasApi): Promise<number | undefined> => {
  try {
    return (await quotas.getServiceQuota(INTERFACES)).Quota?.Value;
  } catch (error) {
    if (!isUnset(error)) throw classifyConnectionError('GetServiceQuota', error);
  }
  const { Quota } = await answered(
    'GetAWSDefaultServiceQuota',
    quotas.getDefaultServiceQuota(INTERFACES),
  );
  return Quota?.Value;
};
