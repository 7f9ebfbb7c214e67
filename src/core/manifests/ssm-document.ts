/** By this, events about commands of ours are told from all others of the account. */
export const DOCUMENT_PREFIX = 'nodeeni-';

/** The SSM document of a cluster's installation; one name, so that rights, rules and callers need not be told it. */
export const documentNameOf = (clusterName: string): string => `${DOCUMENT_PREFIX}${clusterName}`;

/** Where the script has the digest of the agent's bundle: nothing else is ever run, wherever it came from. */
const DIGEST_PLACE = '@AGENT_SHA256@';

/** Longer than the agent itself waits for a host, and for its bundle. */
const EXECUTION_SECONDS = 180;

/**
 * The document whose script configures a host ("SSM Command document schemas", AWS Systems Manager User Guide). In: the
 * text of `node-agent/ssm/apply.sh` and the digest of the bundle, as 64 hexadecimal digits. Parameters are put into the
 * script as they are, so their patterns let nothing through that a shell would read.
 */
export const ssmDocument = (script: string, bundleSha256: string): object => ({
  schemaVersion: '2.2',
  description: 'nodeeni: brings the network interfaces of a host to their desired state',
  parameters: {
    desired: {
      type: 'String',
      description: 'A NodeENIState document, as JSON in base64',
      allowedPattern: '^[A-Za-z0-9+/]*={0,2}$',
    },
    bundleUrl: {
      type: 'String',
      description: 'Where the bundle of the agent is, for hosts that do not have it yet',
      allowedPattern: '^https?://[A-Za-z0-9._~:/?&=%+-]*$',
    },
  },
  mainSteps: [
    {
      action: 'aws:runShellScript',
      name: 'apply',
      precondition: { StringEquals: ['platformType', 'Linux'] },
      inputs: {
        timeoutSeconds: `${EXECUTION_SECONDS}`,
        runCommand: script.replaceAll(DIGEST_PLACE, bundleSha256).trimEnd().split('\n'),
      },
    },
  ],
});
