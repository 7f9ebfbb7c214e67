import { createHash } from 'node:crypto';
import { documentNameOf, ssmDocument } from '#core/manifests/ssm-document.ts';
import { AGENT_BUNDLE, findBuiltFile, readBuiltFile } from './built-file.ts';
import type { Options } from './options.ts';
import type { Scope } from './scope.ts';

const SCRIPT = 'node-agent/ssm/apply.sh';

/** What stands before the 26 characters that make a bucket's name the only one in the world (S3 takes 63). */
const MOST_IN_PREFIX = 37;

/** A bucket that nobody but this account's own roles gets into. */
const createBucket = ({ logical, physical, child }: Scope) => {
  const bucket = new aws.s3.Bucket(
    logical('HostAssets'),
    {
      bucketPrefix: `${physical({ most: MOST_IN_PREFIX - 1 })}-`.toLowerCase(),
      forceDestroy: true,
    },
    child,
  );
  new aws.s3.BucketPublicAccessBlock(
    logical('HostAssetsPublicAccess'),
    {
      bucket: bucket.bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    },
    child,
  );
  return bucket;
};

/**
 * What hosts without an agent of their own are configured with: the document, and the bundle that its script runs. The
 * digest of the bundle is part of the document, so that nothing else can be run by it, wherever it is fetched from.
 */
export const createHostCommands = (
  scope: Scope,
  { clusterName, host }: Pick<Options, 'clusterName' | 'host'>,
) => {
  if (host === 'agent') return undefined;
  const script = readBuiltFile(SCRIPT);
  const digest = createHash('sha256').update(readBuiltFile(AGENT_BUNDLE)).digest('hex');

  const bucket = createBucket(scope);
  const bundle = new aws.s3.BucketObjectv2(
    scope.logical('HostAgentBundle'),
    {
      bucket: bucket.bucket,
      // A name of its own for each version: a host that still runs an older document finds nothing wrong under it.
      key: `agent-${digest}.mjs`,
      source: new $util.asset.FileAsset(findBuiltFile(AGENT_BUNDLE)),
      contentType: 'text/javascript',
    },
    scope.child,
  );
  new aws.ssm.Document(
    scope.logical('HostDocument'),
    {
      name: documentNameOf(clusterName),
      documentType: 'Command',
      documentFormat: 'JSON',
      targetType: '/AWS::EC2::Instance',
      content: JSON.stringify(ssmDocument(script, digest)),
    },
    scope.child,
  );
  return {
    bundleUrl: $interpolate`https://${bucket.bucketRegionalDomainName}/${bundle.key}`,
    bundleArn: $interpolate`${bucket.arn}/${bundle.key}`,
  };
};

export type HostCommandAssets = ReturnType<typeof createHostCommands>;
