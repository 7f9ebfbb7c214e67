import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { documentNameOf, ssmDocument } from '#core/manifests/ssm-document.ts';
import { AGENT_BUNDLE, readBuiltFile } from './built-file.ts';
import type { Options } from './options.ts';

const SCRIPT = 'node-agent/ssm/apply.sh';

/** A bucket that nobody but this account's own roles gets into. */
const createBucket = () => {
  const bucket = new aws.s3.Bucket('HostAssets', { forceDestroy: true });
  new aws.s3.BucketPublicAccessBlock('HostAssetsPublicAccess', {
    bucket: bucket.bucket,
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  });
  return bucket;
};

/**
 * What hosts without an agent of their own are configured with: the document, and the bundle that its script runs. The
 * digest of the bundle is part of the document, so that nothing else can be run by it, wherever it is fetched from.
 */
export const createHostCommands = ({
  clusterName,
  host,
}: Pick<Options, 'clusterName' | 'host'>) => {
  if (host === 'agent') return undefined;
  const script = readBuiltFile(SCRIPT);
  const digest = createHash('sha256').update(readBuiltFile(AGENT_BUNDLE)).digest('hex');

  const bucket = createBucket();
  const bundle = new aws.s3.BucketObjectv2('HostAgentBundle', {
    bucket: bucket.bucket,
    // A name of its own for each version: a host that still runs an older document finds nothing wrong under it.
    key: `agent-${digest}.mjs`,
    source: new $util.asset.FileAsset(join($cli.paths.root, AGENT_BUNDLE)),
    contentType: 'text/javascript',
  });
  new aws.ssm.Document('HostDocument', {
    name: documentNameOf(clusterName),
    documentType: 'Command',
    documentFormat: 'JSON',
    targetType: '/AWS::EC2::Instance',
    content: JSON.stringify(ssmDocument(script, digest)),
  });
  return {
    bundleUrl: $interpolate`https://${bucket.bucketRegionalDomainName}/${bundle.key}`,
    bundleArn: $interpolate`${bucket.arn}/${bundle.key}`,
  };
};

export type HostCommandAssets = ReturnType<typeof createHostCommands>;
