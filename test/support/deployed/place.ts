import { ACCOUNT_ID, REGION as SYNTHESISED_REGION } from '#test/support/infra/aws-stand-in.ts';
import type { Synthesis } from '#test/support/infra/synthesis.ts';

/** Where the emulated account is; the emulators of EC2 and of the rest must agree. */
export const REGION = 'us-east-1';

/** The emulator takes an access key of twelve digits for the account. */
const CREDENTIALS = { accessKeyId: ACCOUNT_ID, secretAccessKey: 'e2e' } as const;

/** What every AWS client that speaks to the deployment needs. */
export const clientConfig = (endpoint: string) => ({
  endpoint,
  region: REGION,
  credentials: CREDENTIALS,
});

/** The same deployment in the emulated region: ARNs and URLs name it, and nothing else does. */
export const inRegion = (synthesis: Synthesis): Synthesis =>
  JSON.parse(JSON.stringify(synthesis).replaceAll(SYNTHESISED_REGION, REGION)) as Synthesis;
