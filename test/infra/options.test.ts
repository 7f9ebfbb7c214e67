import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readAppConfig } from '#test/support/infra/app-config.ts';
import { ROOT } from '#test/support/infra/platform.ts';
import { runCommand } from '#test/support/servers/run-command.ts';
import { parseOptions } from '../../stacks/options.ts';
import { optionsTable } from '../../stacks/options-table.ts';
import { readOptions } from '../../stacks/read-options.ts';

const LEAST = { clusterName: 'blue', vpcIds: ['vpc-0123456789abcdef0'] };

describe('the options', () => {
  it('need a cluster and its VPCs, and nothing else', () => {
    expect(parseOptions(LEAST)).toMatchObject({
      ...LEAST,
      access: { type: 'eks' },
      scalingGroups: { names: [] },
      hooks: { completeWhen: 'Attached', deadlineSeconds: 900, onDeadline: 'ABANDON' },
      budget: { share: 0.5, burstShare: 0.8, workerConcurrency: 2 },
      sweepMinutes: 5,
      webhook: { isOn: true },
      tracing: false,
    });
  });

  it('tell every fault at once, by its place', () => {
    const faulty = {
      clusterName: 'a b',
      vpcIds: ['vpc-1', 'subnet-1'],
      budget: { share: 2, workerConcurrency: 1 },
      hooks: { onDeadline: 'WAIT', deadlineSeconds: 3001, heartbeatSeconds: 30 },
      logRetentionDays: 31,
      clusterNmae: 'blue',
    };

    const lines = (() => {
      try {
        parseOptions(faulty);
        return [];
      } catch (error) {
        return String(error).split('\n').slice(1);
      }
    })();

    expect(lines.map((line) => line.trim().split(':')[0]).toSorted()).toEqual([
      'budget.share',
      'budget.workerConcurrency',
      'clusterName',
      'hooks.deadlineSeconds',
      'hooks.onDeadline',
      'logRetentionDays',
      'options',
      'vpcIds.1',
    ]);
    expect(lines.join()).toContain('clusterNmae');
  });

  describe('when a list would make the policy of a role longer than IAM takes', () => {
    const groupNames = (count: number) =>
      Array.from(
        { length: count },
        (_, index) =>
          `eks-telco-workers-eu-west-1a-${String(index).padStart(8, '0')}-1111-2222-3333-444444444444`,
      );
    const vpcIds = (count: number) =>
      Array.from({ length: count }, (_, index) => `vpc-${String(index).padStart(17, '0')}`);

    it.each([
      {
        options: { ...LEAST, scalingGroups: { names: groupNames(60) } },
        told: /scalingGroups\.names: .*10240.*scalingGroups\.rightsBy/,
      },
      { options: { ...LEAST, vpcIds: vpcIds(200) }, told: /vpcIds: .*10240.*fewer VPCs/ },
    ])('say so before the deploy, and what to do', ({ options, told }) => {
      expect(() => parseOptions(options)).toThrow(told);
    });

    it.each([1, 40, 400])('take %i groups by their tag', (count) => {
      const scalingGroups = { names: groupNames(count), rightsBy: 'tag' };

      expect(() => parseOptions({ ...LEAST, scalingGroups })).not.toThrow();
    });

    it('take as many as fit', () => {
      expect(() =>
        parseOptions({ ...LEAST, scalingGroups: { names: groupNames(20) } }),
      ).not.toThrow();
    });
  });

  it.each([
    { name: 'no VPC', options: { ...LEAST, vpcIds: [] } },
    {
      name: 'one worker, where SQS allows no fewer than two',
      options: { ...LEAST, budget: { workerConcurrency: 1 } },
    },
    {
      name: 'a deadline beyond the 48 hours of Auto Scaling',
      options: { ...LEAST, hooks: { deadlineSeconds: 172_801 } },
    },
    {
      name: 'a deadline that Auto Scaling does not wait for',
      options: { ...LEAST, hooks: { deadlineSeconds: 3001, heartbeatSeconds: 30 } },
    },
    { name: 'a hook that nobody may hold', options: { ...LEAST, hooks: { nodeENIs: [] } } },
    {
      name: 'a hook that every NodeENI may hold by bearing no label',
      options: { ...LEAST, hooks: { nodeENIs: { matchLabels: {} } } },
    },
    {
      name: 'more names than the metadata of a hook can have',
      options: {
        ...LEAST,
        hooks: { nodeENIs: Array.from({ length: 15 }, (_, index) => `n-${index}`) },
      },
    },
    {
      name: 'a uid of a cluster that is none',
      options: { ...LEAST, clusterUid: 'blue' },
    },
    {
      name: 'a group name that would be a pattern in a policy',
      options: { ...LEAST, scalingGroups: { names: ['*'] } },
    },
    {
      name: 'a VPC without security groups',
      options: { ...LEAST, vpc: { subnetIds: ['subnet-0'], securityGroupIds: [] } },
    },
    {
      name: 'a kubeconfig without a parameter',
      options: { ...LEAST, access: { type: 'parameter' } },
    },
    {
      name: 'an alarm topic that is no topic',
      options: { ...LEAST, alarmTopicArn: 'arn:aws:sqs:eu-west-1:123456789012:q' },
    },
  ])('refuse $name', ({ options }) => {
    expect(() => parseOptions(options)).toThrow(/cannot be used/);
  });

  it('are swept for every minute where nothing tells of changes, unless told otherwise', () => {
    const silent = { ...LEAST, webhook: { isOn: false } };

    expect(parseOptions(silent).sweepMinutes).toBe(1);
    expect(parseOptions({ ...silent, sweepMinutes: 10 }).sweepMinutes).toBe(10);
  });
});

describe('the file of the options', () => {
  it('is named in the complaint when it is not there', () => {
    expect(() => readOptions({ NODEENI_OPTIONS: '/nowhere/nodeeni.json' })).toThrow(
      /\/nowhere\/nodeeni\.json, which cannot be read/,
    );
  });

  it('is named in the complaint when it is not JSON', () => {
    const file = join(ROOT, 'LICENSE');

    expect(() => readOptions({ NODEENI_OPTIONS: file })).toThrow(/LICENSE is not JSON: .+/);
  });

  it('is checked without a deploy', async () => {
    const check = (file: string) =>
      runCommand('node', ['stacks/check-options.ts'], { env: { NODEENI_OPTIONS: file } });

    expect(await check(join(ROOT, 'LICENSE'))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('is not JSON'),
    });
    expect(await check(join(ROOT, 'package.json'))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('clusterName'),
    });
  });
});

it('has a table of its options that is up to date (node stacks/options-table.ts)', () => {
  expect(readFileSync(join(ROOT, 'stacks', 'OPTIONS.md'), 'utf8')).toBe(optionsTable());
});

describe('a stage', () => {
  it.each(['production', 'prod', 'prod-eu'])(
    'called %s is protected, and its data kept',
    async (stage) => {
      expect(await readAppConfig(stage)).toMatchObject({ protect: true, removal: 'retain' });
    },
  );

  it.each(['trial', 'staging', 'pr-12'])('called %s is not', async (stage) => {
    expect(await readAppConfig(stage)).toMatchObject({ protect: false, removal: 'remove' });
  });
});
