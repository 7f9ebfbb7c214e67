import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { placeOwnApp } from '#test/support/infra/own-app.ts';
import {
  type Resource,
  resourceOf,
  resourcesOf,
  type Synthesis,
} from '#test/support/infra/synthesis.ts';
import { synthesiseApp } from '#test/support/infra/synthesise.ts';

const { usual } = inject('syntheses');

const MINUTE_MS = 60_000;

let app: Synthesis;
let remove: () => Promise<void>;

beforeAll(async () => {
  const folder = await placeOwnApp();
  remove = folder.remove;
  app = await synthesiseApp({ root: folder.path, stage: 'live', env: {} });
}, MINUTE_MS);

afterAll(async () => {
  await remove();
});

/** By what AWS tells resources of one type apart. */
const NAME_IN_AWS: Readonly<Record<string, readonly string[]>> = {
  'aws:autoscaling/lifecycleHook:LifecycleHook': ['autoscalingGroupName', 'name'],
  'aws:cloudwatch/dashboard:Dashboard': ['dashboardName'],
  'aws:cloudwatch/eventRule:EventRule': ['name'],
  'aws:cloudwatch/logGroup:LogGroup': ['name'],
  'aws:cloudwatch/metricAlarm:MetricAlarm': ['name'],
  'aws:eks/accessEntry:AccessEntry': ['clusterName', 'principalArn'],
  'aws:iam/role:Role': ['name'],
  'aws:lambda/function:Function': ['name'],
  'aws:s3/bucket:Bucket': ['bucketPrefix'],
  'aws:sqs/queue:Queue': ['name'],
  'aws:ssm/document:Document': ['name'],
};

const nameInAws = ({ type, inputs }: Resource): string =>
  (NAME_IN_AWS[type] ?? []).map((property) => inputs[property] ?? '').join(' ');

const repeated = (texts: readonly string[]): readonly string[] =>
  texts.filter((text, index) => texts.indexOf(text) !== index);

const ofBlue = (type: string) => resourcesOf(app, type).filter(({ name }) => /^Blue/.test(name));
const ofGreen = (type: string) => resourcesOf(app, type).filter(({ name }) => /^Green/.test(name));

describe('two installations in the app of somebody else', () => {
  it('are made without an error', () => {
    expect(app.errors).toEqual([]);
  });

  it('consist of the same kinds and numbers of parts as one in our own app', () => {
    const type = 'aws:lambda/function:Function';

    expect(ofBlue(type)).toHaveLength(resourcesOf(usual, type).length);
    expect(ofGreen(type)).toHaveLength(resourcesOf(usual, type).length);
  });

  it('have no two parts of one name in the program', () => {
    expect(repeated(app.resources.map(({ type, name }) => `${type} ${name}`))).toEqual([]);
  });

  it.each(Object.keys(NAME_IN_AWS))('have no two of one name in AWS: %s', (type) => {
    const names = resourcesOf(app, type).map(nameInAws);

    expect(names.length).toBeGreaterThan(1);
    expect(names.filter((name) => name === '')).toEqual([]);
    expect(repeated(names)).toEqual([]);
  });

  it('are called after app, stage and installation', () => {
    expect(resourceOf(app, 'aws:iam/role:Role', 'BlueReconcileExecutionRole').inputs.name).toBe(
      'platform-live-Blue-reconcile-eu-west-1',
    );
    expect(resourceOf(app, 'aws:cloudwatch/logGroup:LogGroup', 'GreenSweepLogs').inputs.name).toBe(
      '/platform/live/Green/sweep',
    );
  });

  it('wake functions of their own by rules of their own', () => {
    const targets = ofGreen('aws:cloudwatch/eventTarget:EventTarget');

    expect(targets.length).toBeGreaterThan(4);
    for (const { inputs } of targets) {
      expect(String(inputs.arn)).toContain(':platform-live-Green');
      expect(String(inputs.rule)).toContain('platform-live-Green-');
    }
  });

  it('let in their own functions to their own cluster', () => {
    const entries = resourcesOf(app, 'aws:eks/accessEntry:AccessEntry');

    expect(entries).toHaveLength(4);
    for (const { inputs } of entries)
      expect(inputs).toMatchObject({
        clusterName: 'blue',
        principalArn: expect.stringContaining('role/platform-live-Blue-'),
      });
  });

  it('raise alarms on their own queues and functions', () => {
    const watched = ofBlue('aws:cloudwatch/metricAlarm:MetricAlarm').map(
      ({ inputs }) => inputs.dimensions ?? {},
    );

    expect(watched.length).toBeGreaterThan(20);
    expect(JSON.stringify(watched)).not.toMatch(/green/i);
  });

  it('apply their objects to their own cluster', () => {
    const blue = resourceOf(app, 'pulumi:providers:kubernetes', 'BlueCluster').inputs;
    const green = resourceOf(app, 'pulumi:providers:kubernetes', 'GreenCluster').inputs;

    expect(String(blue.kubeconfig)).toContain('"current-context":"blue"');
    expect(green).toMatchObject({ context: 'green' });
  });

  it('keep the secrets of their public doors apart', () => {
    expect(
      resourcesOf(app, 'random:index/randomBytes:RandomBytes').map(({ name }) => name),
    ).toEqual(expect.arrayContaining(['BlueWebhookSecret', 'GreenWebhookSecret']));
  });

  it('guard each its own removal', () => {
    const waits = (name: string) =>
      resourceOf(app, 'aws:lambda/invocation:Invocation', name).options.dependsOn ?? [];

    expect(waits('BlueRemovalGuard')).toContain('aws:sqs/queue:Queue BlueWorkQueue');
    expect(waits('BlueRemovalGuard').filter((one) => one.includes('Green'))).toEqual([]);
    expect(waits('BlueRemovalGuard')).not.toContain('aws:sqs/queue:Queue WorkQueue');
  });
});

describe('the parts of the app that are not ours', () => {
  it('are left alone by the guard rails of an installation', () => {
    expect(resourceOf(app, 'aws:sqs/queue:Queue', 'BlueWorkQueue').inputs.tags).toEqual({
      Team: 'network',
    });
    expect(resourceOf(app, 'aws:sqs/queue:Queue', 'GreenWorkQueue').inputs).not.toHaveProperty(
      'tags',
    );
    expect(resourceOf(app, 'aws:sqs/queue:Queue', 'WorkQueue').inputs).not.toHaveProperty('tags');
  });
});

it('has a dashboard for each installation', () => {
  const { inputs } = resourceOf(app, 'aws:cloudwatch/dashboard:Dashboard', 'BlueDashboard');

  expect(inputs.dashboardName).toBe('platform-live-Blue');
  expect(inputs.dashboardBody).not.toMatch(/green/i);
});
