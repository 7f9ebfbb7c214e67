import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createArgumentCheck } from '#test/support/deploy/argument-faults.ts';
import { readArgumentTypes } from '#test/support/deploy/argument-types.ts';
import { createAwsProvider } from '#test/support/deploy/aws/provider.ts';
import type { ResourceProvider } from '#test/support/deploy/provider.ts';
import { ensurePlatform } from '#test/support/infra/platform.ts';

let provider: ResourceProvider;

beforeAll(async () => {
  const modules = join(await ensurePlatform(), '.sst', 'platform', 'node_modules');
  const types = readArgumentTypes(join(modules, '@pulumi', 'aws'));
  const calls = { query: fail, json: fail, rest: fail };
  const account = { calls, functionVariables: {}, functionUrlFor: String, clusters: {} };
  const faultsIn = createArgumentCheck(types);
  provider = createAwsProvider({ version: '7.20.0', account, faultsIn, watch: () => undefined });
});

const fail = (): never => {
  throw new Error('Nothing is made here.');
};

const QUEUE = { name: 'Work', type: 'aws:sqs/queue:Queue' };
const FUNCTION = { name: 'Reconcile', type: 'aws:lambda/function:Function' };
const TARGET = { name: 'Target', type: 'aws:cloudwatch/eventTarget:EventTarget' };
const POLICY = { name: 'Policy', type: 'aws:iam/rolePolicy:RolePolicy' };
const ENTRY = { name: 'Entry', type: 'aws:eks/accessEntry:AccessEntry' };

const LONG_POLICY = JSON.stringify({ Version: '2012-10-17', Statement: ['x'.repeat(10_300)] });

describe('the stand-in for AWS', () => {
  it.each([
    ['a property that the pinned provider lacks', QUEUE, { name: 'q', delay: 5 }, 'delay'],
    ['a value of another kind', QUEUE, { name: 'q', delaySeconds: 'five' }, 'delaySeconds'],
    ['what is missing', TARGET, { rule: 'r' }, 'arn'],
    ['a part of a part', FUNCTION, { role: 'r', environment: { vars: {} } }, 'environment.vars'],
  ])('refuses %s, as its types do', (_what, subject, inputs, property) => {
    const faults = provider.faultsIn(subject, inputs).map((fault) => fault.property);

    expect(faults).toContain(property);
  });

  it.each([
    ['a name that is too long', QUEUE, { name: 'q'.repeat(81) }, 'name'],
    ['a FIFO queue by another name', QUEUE, { name: 'q', fifoQueue: true }, 'fifoQueue'],
    [
      'an ARN of another service',
      TARGET,
      { rule: 'r', arn: 'arn:aws:sns:x:123456789012:t' },
      'arn',
    ],
    ['a policy above the size of IAM', POLICY, { role: 'r', policy: LONG_POLICY }, 'policy'],
    [
      'a group of Kubernetes itself',
      ENTRY,
      {
        clusterName: 'c',
        principalArn: 'arn:aws:iam::123456789012:role/r',
        kubernetesGroups: ['system:masters'],
      },
      'kubernetesGroups',
    ],
  ])('refuses %s, as AWS does', (_what, subject, inputs, property) => {
    const reasons = provider.faultsIn(subject, inputs).map(({ reason }) => reason);

    expect(reasons).toContainEqual(expect.stringMatching(new RegExp(`for ${property}$`)));
  });

  it('takes what is not known yet, and what is right', () => {
    const unknown = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';
    const right = { name: 'q.fifo', fifoQueue: true, delaySeconds: 2, redrivePolicy: unknown };

    expect(provider.faultsIn(QUEUE, right)).toEqual([]);
  });

  it('makes up a name once, and keeps it', () => {
    const first = provider.complete(POLICY, { role: 'r', policy: '{}' }, undefined);
    const second = provider.complete(POLICY, { role: 'r', policy: '{}' }, first);

    expect(first.name).toMatch(/^Policy-[0-9a-f]{7}$/);
    expect(second.name).toBe(first.name);
  });
});
