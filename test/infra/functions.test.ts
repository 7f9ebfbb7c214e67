import { describe, expect, inject, it } from 'vitest';
import { parseLambdaOptions } from '#operator/lambda-options.ts';
import { parseRouterOptions, parseWebhookSecretSha256 } from '#operator/router-options.ts';
import { createSecretCheck } from '#operator/webhook-secret.ts';
import { INSTALLATIONS } from '#test/support/infra/installations.ts';
import {
  resourceOf,
  resourcesOf,
  type Synthesis,
  webhookUrlOf,
} from '#test/support/infra/synthesis.ts';
import { synthesise } from '#test/support/infra/synthesise.ts';
import {
  FUNCTION_SETTINGS,
  type FunctionName,
  resourceNameOf,
} from '../../stacks/function-settings.ts';

const { usual, grown, secluded } = inject('syntheses');

const FUNCTION = 'aws:lambda/function:Function';

const functionOf = (synthesis: Synthesis, name: FunctionName) =>
  resourceOf(synthesis, FUNCTION, `${resourceNameOf(name)}Function`).inputs;

const environmentOf = (synthesis: Synthesis, name: FunctionName): Record<string, string> =>
  (functionOf(synthesis, name).environment as { variables: Record<string, string> }).variables;

const NAMES = Object.keys(FUNCTION_SETTINGS) as FunctionName[];

it.each(Object.entries(inject('syntheses')))('the %s installation has no error', (_, synthesis) => {
  expect(synthesis.errors).toEqual([]);
});

describe.each(NAMES)('the function %s', (name) => {
  it('runs the bundle that was built, on Node 24 and arm64', () => {
    expect(functionOf(usual, name)).toMatchObject({
      runtime: 'nodejs24.x',
      architectures: ['arm64'],
      handler: 'index.handler',
      timeout: FUNCTION_SETTINGS[name].timeoutSeconds,
      memorySize: FUNCTION_SETTINGS[name].memoryMegabytes,
    });
  });

  it('has a role of its own, which nobody but Lambda may take', () => {
    const role = resourceOf(usual, 'aws:iam/role:Role', `${resourceNameOf(name)}ExecutionRole`);

    expect(role.inputs.name).toBe(`nodeeni-test-${name}-eu-west-1`);
    expect(functionOf(usual, name).role).toBe(
      `arn:aws:iam::123456789012:role/nodeeni-test-${name}-eu-west-1`,
    );
    expect(JSON.parse(String(role.inputs.assumeRolePolicy))).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'Lambda',
          Effect: 'Allow',
          Principal: { Service: 'lambda.amazonaws.com' },
          Action: ['sts:AssumeRole'],
        },
      ],
    });
  });

  it('writes to a log group that keeps lines as long as the options say', () => {
    const logGroup = `/nodeeni/test/${name}`;
    const retentions = [usual, grown].map(
      (synthesis) =>
        resourcesOf(synthesis, 'aws:cloudwatch/logGroup:LogGroup').find(
          ({ inputs }) => inputs.name === logGroup,
        )?.inputs.retentionInDays,
    );

    expect(functionOf(usual, name).loggingConfig).toEqual({ logFormat: 'JSON', logGroup });
    expect(retentions).toEqual([30, 7]);
  });
});

it('has no role but those of the functions, and none with a managed or an inline policy', () => {
  const roles = resourcesOf(grown, 'aws:iam/role:Role');

  expect(roles).toHaveLength(NAMES.length);
  for (const { inputs } of roles)
    expect(Object.keys(inputs)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/managedPolicy|inlinePolicies/)]),
    );
  expect(resourcesOf(grown, 'aws:iam/rolePolicyAttachment:RolePolicyAttachment')).toEqual([]);
});

it('has policies that fit into what IAM takes for a role', () => {
  const sizes = resourcesOf(grown, 'aws:iam/rolePolicy:RolePolicy').map(
    ({ inputs }) => String(inputs.policy).length,
  );

  // "IAM and AWS STS quotas": 10,240 characters of inline policies.
  expect(Math.max(...sizes)).toBeLessThan(10_240);
});

describe('the environment', () => {
  it.each([
    'on-asg-lifecycle',
    'on-ec2-state-change',
    'on-command-result',
    'requeue',
    'on-kubernetes-change',
  ] as const)('of %s is what a router reads', (name) => {
    expect(parseRouterOptions(environmentOf(usual, name))).toEqual({
      clusterName: 'blue',
      work: { url: expect.stringMatching(/WorkQueue-\w+\.fifo$/) },
      rollUp: { url: expect.stringMatching(/RollUpsQueue-\w+\.fifo$/) },
      delay: { url: expect.stringMatching(/DelayQueue-\w+$/) },
    });
  });

  it.each(['reconcile', 'roll-up', 'sweep', 'on-remove'] as const)(
    'of %s is what a worker reads',
    (name) => {
      expect(parseLambdaOptions(environmentOf(grown, name))).toMatchObject({
        clusterName: 'blue',
        way: { type: 'eks', clusterName: 'blue' },
        budget: { share: 0.25, burstShare: 0.6, concurrency: 5 },
        settings: { vpcIds: ['vpc-0123456789abcdef0'], hasLegacyTags: true },
        eventBusName: 'default',
        isTraced: true,
      });
    },
  );

  it('names the parameter with the kubeconfig where that is the way', () => {
    const { way, isTraced } = parseLambdaOptions(environmentOf(secluded, 'reconcile'));

    expect({ way, isTraced }).toEqual({
      way: { type: 'parameter', parameterName: '/nodeeni/kubeconfig' },
      isTraced: false,
    });
  });
});

it('lets Lambda know which functions are meant to come back to themselves by way of queues', () => {
  const allowed = resourcesOf(usual, 'aws:lambda/functionRecursionConfig:FunctionRecursionConfig');
  const looping = (['reconcile', 'roll-up', 'requeue'] as const).map((name) => ({
    functionName: functionOf(usual, name).name,
    recursiveLoop: 'Allow',
  }));

  expect(allowed.map(({ inputs }) => inputs)).toEqual(expect.arrayContaining(looping));
  expect(allowed).toHaveLength(looping.length);
});

describe('the public door', () => {
  it('has a secret path of 256 bits, of which the function knows the digest alone', () => {
    const environment = environmentOf(usual, 'on-kubernetes-change');
    const url = new URL(webhookUrlOf(usual));
    const secret = url.pathname.slice(1);

    expect(secret).toMatch(/^[0-9a-f]{64}$/);
    expect(createSecretCheck(parseWebhookSecretSha256(environment))(secret)).toBe(true);
    expect(JSON.stringify(environment)).not.toContain(secret);
  });

  it('is open to API servers and not to browsers, for a limited number of calls at once', () => {
    const { inputs } = resourceOf(
      usual,
      'aws:lambda/functionUrl:FunctionUrl',
      'OnKubernetesChangeUrl',
    );

    expect(inputs).toMatchObject({ authorizationType: 'NONE' });
    expect(inputs).not.toHaveProperty('cors');
    expect(functionOf(usual, 'on-kubernetes-change').reservedConcurrentExecutions).toBe(10);
  });

  it('reserves no concurrency where the account has none to reserve', () => {
    expect(functionOf(grown, 'on-kubernetes-change')).not.toHaveProperty(
      'reservedConcurrentExecutions',
    );
  });

  it('is the only one: everybody else who may call a function is a rule of this deploy', () => {
    const permissions = resourcesOf(usual, 'aws:lambda/permission:Permission');
    const open = permissions.filter(({ inputs }) => inputs.principal === '*');
    const others = permissions.filter(({ inputs }) => inputs.principal !== '*');

    expect(open.map(({ inputs }) => String(inputs.function).replace(/-\w+$/, ''))).toEqual([
      'nodeeni-test-OnKubernetesChangeFunction',
      'nodeeni-test-OnKubernetesChangeFunction',
    ]);
    expect(others).toHaveLength(6);
    for (const { inputs } of others)
      expect(inputs).toMatchObject({
        principal: 'events.amazonaws.com',
        sourceArn: expect.stringContaining(':rule/'),
      });
  });

  it('has a secret path that is in no output, and in no resource but the webhook', () => {
    const secret = new URL(webhookUrlOf(usual)).pathname.slice(1);
    const knowing = usual.resources
      .filter(({ inputs }) => JSON.stringify(inputs).includes(secret))
      .map(({ inputs }) => inputs.kind);

    expect(secret.length).toBeGreaterThan(8);
    expect(knowing).toEqual(['ValidatingWebhookConfiguration']);
    expect(usual.outputs).not.toHaveProperty('webhookUrl');
    expect(JSON.stringify(usual.outputs)).not.toContain(secret);
  });

  it('is told as an output to who applies the manifests, and to nobody else', async () => {
    const { outputs, resources } = await synthesise({
      ...INSTALLATIONS.usual,
      manifests: false,
    });

    expect(outputs.webhookUrl).toMatch(/^https:\/\/.+\/\w+$/);
    expect(resources.filter(({ type }) => type.startsWith('kubernetes:'))).toEqual([]);
  });

  it('is not there without a webhook', () => {
    const names = resourcesOf(secluded, FUNCTION).map(({ name }) => name);

    expect(names).toHaveLength(NAMES.length - 1);
    expect(resourcesOf(secluded, 'aws:lambda/functionUrl:FunctionUrl')).toEqual([]);
    expect(secluded.outputs).not.toHaveProperty('webhookUrl');
  });
});

describe('a private cluster endpoint', () => {
  it.each(['reconcile', 'roll-up', 'sweep', 'on-remove'] as const)(
    'puts %s into the VPC',
    (name) => {
      expect(functionOf(secluded, name).vpcConfig).toEqual({
        subnetIds: ['subnet-0123456789abcdef0'],
        securityGroupIds: ['sg-0123456789abcdef0'],
      });
    },
  );

  it.each(['on-asg-lifecycle', 'on-ec2-state-change', 'on-command-result', 'requeue'] as const)(
    'leaves %s outside, which only sends to queues',
    (name) => {
      expect(functionOf(secluded, name)).not.toHaveProperty('vpcConfig');
    },
  );
});

it('traces the functions that work, where that is asked for', () => {
  const modes = [grown, usual].map(
    (synthesis) => functionOf(synthesis, 'reconcile').tracingConfig ?? 'none',
  );

  expect(modes).toEqual([{ mode: 'Active' }, 'none']);
});
