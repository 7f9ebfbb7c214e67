import { type AwsSettings, clientSettings } from './aws-apis.ts';
import type { HostCommandParts } from './create-operator.ts';
import { systemClock } from './system-clock.ts';

interface Settings extends AwsSettings {
  readonly isUsual: boolean;
  /** Where the bundle of the agent is: an object in S3, or any other address that hosts reach. */
  readonly bundleUrl: string;
}

/** Systems Manager for hosts without an agent. Loaded only by installations that send commands. */
export const createHostCommandParts = async ({
  isUsual,
  bundleUrl,
  ...settings
}: Settings): Promise<HostCommandParts> => {
  const { SSMClient } = await import('@aws-sdk/client-ssm');
  const { createSsmApi } = await import('#providers/ssm/ssm-api.ts');
  const { createBundleLink } = await import('#providers/ssm/bundle-link.ts');
  const client = new SSMClient(clientSettings(settings));
  return {
    isUsual,
    ssm: createSsmApi(client),
    bundleLink: createBundleLink(client, bundleUrl, () => systemClock.now()),
  };
};
