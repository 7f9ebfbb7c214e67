import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { parseLambdaOptions } from '#operator/lambda-options.ts';
import { isAllowed, policyOf, without } from '#test/support/infra/iam.ts';
import { BUCKET } from '#test/support/infra/iam-resources.ts';
import { ROOT } from '#test/support/infra/platform.ts';
import { jsonOf, resourceOf, resourcesOf } from '#test/support/infra/synthesis.ts';

const { usual, grown } = inject('syntheses');

const DOCUMENT = 'aws:ssm/document:Document';
const OBJECT = 'aws:s3/bucketObjectv2:BucketObjectv2';

const BUNDLE_SHA256 = createHash('sha256')
  .update(readFileSync(join(ROOT, 'dist/agent/agent.mjs')))
  .digest('hex');

const environmentOf = (name: string): Record<string, string> =>
  (
    resourceOf(grown, 'aws:lambda/function:Function', `${name}Function`).inputs.environment as {
      variables: Record<string, string>;
    }
  ).variables;

it('makes neither document nor bucket where hosts have agents', () => {
  const kinds = [DOCUMENT, 'aws:s3/bucket:Bucket'];

  expect(kinds.flatMap((kind) => resourcesOf(usual, kind))).toEqual([]);
});

describe('the document', () => {
  const document = resourceOf(grown, DOCUMENT, 'HostDocument');
  const content = jsonOf(document, 'content') as {
    mainSteps: { action: string; inputs: { runCommand: string[] } }[];
    parameters: Record<string, unknown>;
  };
  const script = content.mainSteps.flatMap(({ inputs }) => inputs.runCommand).join('\n');

  it('has the name that callers, rights and rules expect', () => {
    expect(document.inputs).toMatchObject({ name: 'nodeeni-blue', documentType: 'Command' });
  });

  it('runs the very bundle that is deployed, and only that', () => {
    expect(script).toContain(`bundle_sha256='${BUNDLE_SHA256}'`);
    expect(script).not.toContain('@');
  });

  it('takes each parameter once, and has no other place for one', () => {
    const places = script.match(/\{\{.*?\}\}/g);

    expect(places).toEqual(Object.keys(content.parameters).map((name) => `{{ ${name} }}`));
  });

  it('is as short as Systems Manager wants it', () => {
    expect(String(document.inputs.content).length).toBeLessThan(64_000);
  });
});

describe('the bundle', () => {
  const { inputs } = resourceOf(grown, OBJECT, 'HostAgentBundle');

  it('is kept under its digest, in a bucket that is closed to the public', () => {
    const access = resourcesOf(grown, 'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock');

    expect(inputs.key).toBe(`agent-${BUNDLE_SHA256}.mjs`);
    expect(access.map((block) => block.inputs)).toMatchObject([
      {
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
    ]);
  });

  it('is what the working functions are told of', () => {
    expect(parseLambdaOptions(environmentOf('Reconcile')).runCommand).toEqual({
      isUsual: true,
      bundleUrl: `https://hostassets.s3.eu-west-1.amazonaws.com/agent-${BUNDLE_SHA256}.mjs`,
    });
  });

  it('may be read by the function that signs the links, and only because of that', async () => {
    const policy = policyOf(grown, 'reconcile');
    const call = { action: 's3:GetObject', resource: `${BUCKET}/${String(inputs.key)}` };

    expect(await isAllowed(policy, 'reconcile', call)).toBe(true);
    expect(await isAllowed(without(policy, 'LinkToBundle'), 'reconcile', call)).toBe(false);
  });
});
