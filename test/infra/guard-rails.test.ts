import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { ensurePlatform } from '#test/support/infra/platform.ts';
import { resourcesOf } from '#test/support/infra/synthesis.ts';
import { TAGGED_TYPES } from '../../stacks/tagged-types.ts';

const syntheses = inject('syntheses');
const { usual, ruled } = syntheses;

const typesMade = [
  ...new Set(
    Object.values(syntheses).flatMap(({ resources }) => resources.map(({ type }) => type)),
  ),
];

/** Whether the provider's own types know tags for it: `aws:sqs/queue:Queue` is declared in `sqs/queue.d.ts`. */
const takesTags = (type: string, modules: string): boolean => {
  const [, module = ''] = type.split(':');
  const file = join(modules, '@pulumi', 'aws', `${module}.d.ts`);
  return existsSync(file) && /^ {4}tags\?: pulumi\.Input</m.test(readFileSync(file, 'utf8'));
};

it('tags every kind of resource that takes tags', async () => {
  const modules = join(await ensurePlatform(), '.sst', 'platform', 'node_modules');
  const taking = typesMade.filter((type) => type.startsWith('aws:') && takesTags(type, modules));

  expect(TAGGED_TYPES.toSorted()).toEqual(taking.toSorted());
});

it('puts the tags of the options on everything, the parts of components included', () => {
  const tagged = ruled.resources.filter(({ type }) => TAGGED_TYPES.includes(type));
  const missing = tagged.filter(
    ({ inputs }) => (inputs.tags as Record<string, string> | undefined)?.CostCentre !== '4711',
  );

  expect(tagged.length).toBeGreaterThan(50);
  expect(missing.map(({ type, name }) => `${type} ${name}`)).toEqual([]);
});

it('bounds every role by the policy of the options', () => {
  const bounds = ruled.resources
    .filter(({ type }) => type === 'aws:iam/role:Role')
    .map(({ inputs }) => inputs.permissionsBoundary);

  expect(new Set(bounds)).toEqual(new Set(['arn:aws:iam::123456789012:policy/teams/boundary']));
});

describe('a prefix of names', () => {
  /** Which input names a resource, and how long AWS lets it be. */
  const NAMED = [
    { type: 'aws:cloudwatch/dashboard:Dashboard', property: 'dashboardName', most: 255 },
    { type: 'aws:cloudwatch/eventRule:EventRule', property: 'name', most: 64 },
    { type: 'aws:cloudwatch/metricAlarm:MetricAlarm', property: 'name', most: 255 },
    { type: 'aws:iam/role:Role', property: 'name', most: 64 },
    { type: 'aws:lambda/function:Function', property: 'name', most: 64 },
    { type: 'aws:s3/bucket:Bucket', property: 'bucketPrefix', most: 37 },
    { type: 'aws:sqs/queue:Queue', property: 'name', most: 80 },
  ] as const;

  it.each(NAMED)('stands before each name of $type, and the name still fits', (named) => {
    const names = resourcesOf(ruled, named.type).map(({ inputs }) =>
      String(inputs[named.property]),
    );

    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => !/^acme-\w/.test(name))).toEqual([]);
    expect(names.filter((name) => name.length > named.most)).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });

  it('leaves the ending by which SQS knows a FIFO queue', () => {
    const fifo = resourcesOf(ruled, 'aws:sqs/queue:Queue').filter(({ inputs }) => inputs.fifoQueue);

    expect(fifo).toHaveLength(4);
    for (const { inputs } of fifo) expect(inputs.name).toMatch(/\.fifo$/);
  });

  it('is the first folder of the log groups', () => {
    const names = resourcesOf(ruled, 'aws:cloudwatch/logGroup:LogGroup').map(
      ({ inputs }) => inputs.name,
    );

    expect(names).toContain('/acme-nodeeni/test/sweep');
  });
});

describe('a key of the organisation', () => {
  const KEY = 'arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555';

  it.each([
    { type: 'aws:sqs/queue:Queue', property: 'kmsMasterKeyId', count: 7 },
    { type: 'aws:cloudwatch/logGroup:LogGroup', property: 'kmsKeyId', count: 9 },
  ])('encrypts every $type', ({ type, property, count }) => {
    const keys = resourcesOf(ruled, type).map(({ inputs }) => inputs[property]);

    expect(keys).toEqual(Array.from({ length: count }, () => KEY));
  });
});

it('puts every function into the VPC where the options say so', () => {
  const configs = resourcesOf(ruled, 'aws:lambda/function:Function').map(
    ({ inputs }) => inputs.vpcConfig,
  );

  expect(configs).toHaveLength(9);
  expect(new Set(configs.map((config) => JSON.stringify(config)))).toEqual(
    new Set([
      JSON.stringify({
        securityGroupIds: ['sg-0123456789abcdef0'],
        subnetIds: ['subnet-0123456789abcdef0'],
      }),
    ]),
  );
});

it('reserves no concurrency where the options say null', () => {
  const reserved = resourcesOf(ruled, 'aws:lambda/function:Function').filter(
    ({ inputs }) => 'reservedConcurrentExecutions' in inputs,
  );

  expect(reserved).toEqual([]);
});

it('adds nothing where no organisation asks for it', () => {
  const added = usual.resources.filter(({ inputs }) =>
    ['permissionsBoundary', 'tags', 'kmsMasterKeyId', 'kmsKeyId', 'vpcConfig'].some(
      (property) => property in inputs,
    ),
  );

  expect(added.map(({ name }) => name)).toEqual([]);
});
