import type { Properties } from '../provider.ts';
import { type Account, type Kinds, text } from './kind.ts';
import { isArnOf, isNoLongerThan, isWithin, matches, refusalsOf } from './limits.ts';

const FUNCTIONS = '/2015-03-31/functions';

/** All variables of a function together ("Lambda quotas"). */
const LARGEST_ENVIRONMENT_BYTES = 4096;

type Environment = { readonly variables?: Readonly<Record<string, string>> };

const variablesOf = (inputs: Properties) => (inputs.environment as Environment)?.variables ?? {};

const isSmallEnvironment = (environment: unknown): boolean =>
  Buffer.byteLength(JSON.stringify((environment as Environment).variables ?? {})) <=
  LARGEST_ENVIRONMENT_BYTES;

const call = async (
  { calls }: Account,
  method: string,
  path: string,
  body?: object,
): Promise<Readonly<Record<string, unknown>>> => {
  const { text: answer } = await calls.rest('lambda', method, path, body);
  return answer === '' ? {} : (JSON.parse(answer) as Readonly<Record<string, unknown>>);
};

const configurationOf = (inputs: Properties, { functionVariables }: Account) => {
  const logging = inputs.loggingConfig as Properties | undefined;
  const vpc = inputs.vpcConfig as Properties | undefined;
  const tracing = inputs.tracingConfig as Properties | undefined;
  return {
    Role: inputs.role,
    Runtime: inputs.runtime,
    Handler: inputs.handler,
    Description: inputs.description,
    Timeout: inputs.timeout,
    MemorySize: inputs.memorySize,
    Environment: { Variables: { ...variablesOf(inputs), ...functionVariables } },
    ...(logging && { LoggingConfig: { LogFormat: logging.logFormat, LogGroup: logging.logGroup } }),
    ...(tracing && { TracingConfig: { Mode: tracing.mode } }),
    ...(vpc && {
      VpcConfig: { SubnetIds: vpc.subnetIds, SecurityGroupIds: vpc.securityGroupIds },
    }),
  };
};

const reserve = async (account: Account, name: string, inputs: Properties): Promise<void> => {
  const { reservedConcurrentExecutions: reserved } = inputs;
  if (typeof reserved !== 'number' || reserved < 0) return;
  await call(account, 'PUT', `/2017-10-31/functions/${name}/concurrency`, {
    ReservedConcurrentExecutions: reserved,
  });
};

const mappingOf = (inputs: Properties) => {
  const scaling = inputs.scalingConfig as Properties | undefined;
  return {
    EventSourceArn: inputs.eventSourceArn,
    FunctionName: inputs.functionName,
    BatchSize: inputs.batchSize,
    FunctionResponseTypes: inputs.functionResponseTypes,
    ...(scaling && { ScalingConfig: { MaximumConcurrency: scaling.maximumConcurrency } }),
  };
};

const invokeConfigPath = (inputs: Properties): string =>
  `/2019-09-25/functions/${text(inputs, 'functionName')}/event-invoke-config`;

const putInvokeConfig = async (account: Account, inputs: Properties): Promise<void> => {
  const destination = inputs.destinationConfig as
    | { readonly onFailure?: { readonly destination: string } }
    | undefined;
  await call(account, 'PUT', invokeConfigPath(inputs), {
    MaximumRetryAttempts: inputs.maximumRetryAttempts,
    MaximumEventAgeInSeconds: inputs.maximumEventAgeInSeconds,
    ...(destination?.onFailure && {
      DestinationConfig: { OnFailure: { Destination: destination.onFailure.destination } },
    }),
  });
};

const putRecursion = (account: Account, inputs: Properties, RecursiveLoop: unknown) =>
  call(account, 'PUT', `/2024-08-31/functions/${text(inputs, 'functionName')}/recursion-config`, {
    RecursiveLoop,
  });

/** What the provider calls the function with, and that an error of it is one of the deploy ("aws_lambda_invocation"). */
const invoke = async (
  { calls }: Account,
  inputs: Properties,
  action: 'create' | 'update' | 'delete',
): Promise<string> => {
  const name = text(inputs, 'functionName');
  const payload = { ...(JSON.parse(text(inputs, 'input')) as object), tf: { action } };
  const { headers, text: result } = await calls.rest(
    'lambda',
    'POST',
    `${FUNCTIONS}/${name}/invocations`,
    payload,
  );
  if (headers.get('x-amz-function-error') !== null)
    throw new Error(`Lambda function (${name}) returned error: ${result}`);
  return result;
};

export const LAMBDA: Kinds = {
  'aws:lambda/function:Function': {
    naming: { property: 'name', most: 64 },
    fixed: ['name', 'packageType', 'architectures'],
    refusals: (inputs) =>
      refusalsOf(inputs, {
        name: matches(/^[\w-]{1,64}$/),
        description: isNoLongerThan(256),
        role: isArnOf('iam', 'role/'),
        timeout: isWithin(1, 900),
        memorySize: isWithin(128, 10_240),
        environment: isSmallEnvironment,
      }),
    create: async (inputs, account) => {
      const name = text(inputs, 'name');
      const made = await call(account, 'POST', FUNCTIONS, {
        FunctionName: name,
        ...configurationOf(inputs, account),
        Architectures: inputs.architectures,
        Code: { S3Bucket: inputs.s3Bucket, S3Key: inputs.s3Key },
        Tags: inputs.tags,
      });
      await reserve(account, name, inputs);
      return { id: name, properties: { ...inputs, arn: made.FunctionArn } };
    },
    update: async ({ id, properties }, { before, after }, account) => {
      if (before.s3Key !== after.s3Key)
        await call(account, 'PUT', `${FUNCTIONS}/${id}/code`, {
          S3Bucket: after.s3Bucket,
          S3Key: after.s3Key,
        });
      await call(
        account,
        'PUT',
        `${FUNCTIONS}/${id}/configuration`,
        configurationOf(after, account),
      );
      await reserve(account, id, after);
      return { ...properties, ...after };
    },
    remove: async ({ id }, account) => {
      await call(account, 'DELETE', `${FUNCTIONS}/${id}`);
    },
  },
  'aws:lambda/permission:Permission': {
    naming: { property: 'statementId', most: 100 },
    fixed: [
      'statementId',
      'action',
      'function',
      'principal',
      'sourceArn',
      'functionUrlAuthType',
      'invokedViaFunctionUrl',
    ],
    refusals: (inputs) =>
      refusalsOf(inputs, {
        statementId: matches(/^[\w-]{1,100}$/),
        sourceArn: matches(/^arn:aws:[\w-]+:[\w-]*:\d*:\S+$/),
      }),
    create: async (inputs, account) => {
      const id = text(inputs, 'statementId');
      await call(account, 'POST', `${FUNCTIONS}/${text(inputs, 'function')}/policy`, {
        StatementId: id,
        Action: inputs.action,
        Principal: inputs.principal,
        SourceArn: inputs.sourceArn,
        FunctionUrlAuthType: inputs.functionUrlAuthType,
        InvokedViaFunctionUrl: inputs.invokedViaFunctionUrl,
      });
      return { id, properties: inputs };
    },
    remove: async ({ id, properties }, account) => {
      await call(account, 'DELETE', `${FUNCTIONS}/${text(properties, 'function')}/policy/${id}`);
    },
  },
  'aws:lambda/functionUrl:FunctionUrl': {
    fixed: ['functionName', 'qualifier'],
    create: async (inputs, account) => {
      const path = `/2021-10-31/functions/${text(inputs, 'functionName')}/url`;
      const made = await call(account, 'POST', path, {
        AuthType: inputs.authorizationType,
        InvokeMode: inputs.invokeMode,
      });
      const functionUrl = account.functionUrlFor(new URL(String(made.FunctionUrl)).host);
      return { id: text(inputs, 'functionName'), properties: { ...inputs, functionUrl } };
    },
    update: async ({ id, properties }, { after }, account) => {
      await call(account, 'PUT', `/2021-10-31/functions/${id}/url`, {
        AuthType: after.authorizationType,
        InvokeMode: after.invokeMode,
      });
      return { ...properties, ...after };
    },
    remove: async ({ id }, account) => {
      await call(account, 'DELETE', `/2021-10-31/functions/${id}/url`);
    },
  },
  'aws:lambda/eventSourceMapping:EventSourceMapping': {
    fixed: ['eventSourceArn'],
    refusals: (inputs) => [
      ...refusalsOf(inputs, {
        eventSourceArn: isArnOf('sqs', '[\\w-]+(?:\\.fifo)?$'),
        batchSize: isWithin(1, 10_000),
      }),
      ...refusalsOf((inputs.scalingConfig ?? {}) as Properties, {
        maximumConcurrency: isWithin(2, 1000),
      }),
    ],
    create: async (inputs, account) => {
      const path = '/2015-03-31/event-source-mappings';
      const made = await call(account, 'POST', path, { ...mappingOf(inputs), Tags: inputs.tags });
      const id = String(made.UUID);
      return { id, properties: { ...inputs, uuid: id, functionArn: made.FunctionArn } };
    },
    update: async ({ id, properties }, { after }, account) => {
      const { EventSourceArn: _, ...changed } = mappingOf(after);
      await call(account, 'PUT', `/2015-03-31/event-source-mappings/${id}`, changed);
      return { ...properties, ...after };
    },
    remove: async ({ id }, account) => {
      await call(account, 'DELETE', `/2015-03-31/event-source-mappings/${id}`);
    },
  },
  'aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig': {
    fixed: ['functionName'],
    refusals: (inputs) =>
      refusalsOf(inputs, {
        maximumRetryAttempts: isWithin(0, 2),
        maximumEventAgeInSeconds: isWithin(60, 21_600),
      }),
    create: async (inputs, account) => {
      await putInvokeConfig(account, inputs);
      return { id: text(inputs, 'functionName'), properties: inputs };
    },
    update: async (_made, { after }, account) => {
      await putInvokeConfig(account, after);
      return after;
    },
    remove: async ({ properties }, account) => {
      await call(account, 'DELETE', invokeConfigPath(properties));
    },
  },
  'aws:lambda/functionRecursionConfig:FunctionRecursionConfig': {
    fixed: ['functionName'],
    refusals: (inputs) => refusalsOf(inputs, { recursiveLoop: matches(/^(?:Allow|Terminate)$/) }),
    create: async (inputs, account) => {
      await putRecursion(account, inputs, inputs.recursiveLoop);
      return { id: text(inputs, 'functionName'), properties: inputs };
    },
    update: async (_made, { after }, account) => {
      await putRecursion(account, after, after.recursiveLoop);
      return after;
    },
    remove: async ({ properties }, account) => {
      await putRecursion(account, properties, 'Terminate');
    },
  },
  'aws:lambda/invocation:Invocation': {
    fixed: ['functionName', 'qualifier', 'terraformKey'],
    create: async (inputs, account) => {
      const result = await invoke(account, inputs, 'create');
      return { id: `${text(inputs, 'functionName')}_$LATEST`, properties: { ...inputs, result } };
    },
    update: async (_made, { after }, account) => ({
      ...after,
      result: await invoke(account, after, 'update'),
    }),
    remove: async ({ properties }, account) => {
      if (properties.lifecycleScope === 'CRUD') await invoke(account, properties, 'delete');
    },
  },
};
