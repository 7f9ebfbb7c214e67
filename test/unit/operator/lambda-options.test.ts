import { describe, expect, it } from 'vitest';
import { parseLambdaOptions } from '#operator/lambda-options.ts';

const QUEUES = 'https://sqs.us-east-1.amazonaws.com/123456789012';

const BUNDLE_URL = 'https://assets.s3.us-east-1.amazonaws.com/agent.mjs';

const parse = (env: Readonly<Record<string, string>> = {}) =>
  parseLambdaOptions({
    CLUSTER_NAME: 'production',
    WORK_QUEUE_URL: `${QUEUES}/work.fifo`,
    ROLL_UP_QUEUE_URL: `${QUEUES}/roll-up.fifo`,
    DELAY_QUEUE_URL: `${QUEUES}/delay`,
    ...env,
  });

describe('parseLambdaOptions', () => {
  it.each([
    [{ EKS_CLUSTER_NAME: 'prod-eks' }, { type: 'eks', clusterName: 'prod-eks' }],
    [
      { KUBECONFIG_PARAMETER: '/nodeeni/kubeconfig' },
      { type: 'parameter', parameterName: '/nodeeni/kubeconfig' },
    ],
    [{ KUBECONFIG: '/etc/kubeconfig' }, { type: 'kubeconfig' }],
    [{}, { type: 'kubeconfig' }],
  ])('finds the way to the cluster in %o', (env, way) => {
    expect(parse(env).way).toEqual(way);
  });

  it('refuses more than one way, and names the surplus', () => {
    const env = { EKS_CLUSTER_NAME: 'a', KUBECONFIG_PARAMETER: 'b', KUBECONFIG: 'c' };

    expect(() => parse(env)).toThrow(
      'missing or unusable in the environment: KUBECONFIG_PARAMETER, KUBECONFIG',
    );
  });

  it('reads what the installation decided', () => {
    const env = { VPC_IDS: 'vpc-0a,vpc-0b', LEGACY_TAGS: 'on' };

    expect(parse(env).settings).toEqual({ vpcIds: ['vpc-0a', 'vpc-0b'], hasLegacyTags: true });
    expect(parse().settings).toEqual({ hasLegacyTags: false });
    expect(() => parse({ VPC_IDS: 'subnet-1' })).toThrow('VPC_IDS');
  });

  it('refuses a way that leads nowhere', () => {
    expect(() => parse({ EKS_CLUSTER_NAME: '' })).toThrow(
      'missing or unusable in the environment: EKS_CLUSTER_NAME',
    );
  });

  it('uses half of the budget, no tracing and the default bus unless told otherwise', () => {
    expect(parse()).toMatchObject({
      budget: { share: 0.5, burstShare: 0.8, concurrency: 2 },
      eventBusName: 'default',
      isTraced: false,
    });
  });

  it('sends no commands unless told to', () => {
    expect(parse()).not.toHaveProperty('runCommand');
    expect(parse({ HOST: 'agent', AGENT_BUNDLE_URL: BUNDLE_URL })).not.toHaveProperty('runCommand');
  });

  it.each([
    { host: 'ssm', isUsual: true },
    { host: 'either', isUsual: false },
  ])('sends commands with HOST=$host, usually: $isUsual', ({ host, isUsual }) => {
    expect(parse({ HOST: host, AGENT_BUNDLE_URL: BUNDLE_URL })).toMatchObject({
      runCommand: { isUsual, bundleUrl: BUNDLE_URL },
    });
  });

  it('needs to know where the agent is, to send commands', () => {
    expect(() => parse({ HOST: 'ssm' })).toThrow(
      'missing or unusable in the environment: AGENT_BUNDLE_URL',
    );
  });

  it('names every bad setting, and tells no value', () => {
    const env = { BUDGET_SHARE: '7', WORKER_CONCURRENCY: 'many', TRACING: 'loud' };

    expect(() => parse(env)).toThrow(
      /^missing or unusable in the environment: BUDGET_SHARE, WORKER_CONCURRENCY, TRACING$/,
    );
  });
});
