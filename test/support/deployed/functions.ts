import { join } from 'node:path';
import { FUNCTION_SETTINGS, type FunctionName, resourceNameOf } from '#stacks/function-settings.ts';
import { ROOT } from '#test/support/infra/platform.ts';
import { resourceOf, resourcesOf, type Synthesis } from '#test/support/infra/synthesis.ts';
import type { LambdaRest } from './lambda-rest.ts';
import { zipFolder } from './zip.ts';

/** Variables of a function by name. */
export type Variables = Readonly<Record<string, string>>;

export interface FunctionInputs {
  readonly name: string;
  readonly role: string;
  readonly runtime: string;
  readonly handler: string;
  readonly timeout: number;
  readonly memorySize: number;
  readonly architectures: readonly string[];
  readonly loggingConfig: { readonly logFormat: string; readonly logGroup: string };
  readonly environment: { readonly variables: Variables };
  readonly reservedConcurrentExecutions?: number;
}

const FUNCTIONS_PATH = '/2015-03-31/functions';

/** A function as the deploy asks for it. */
export const functionOf = (synthesis: Synthesis, name: FunctionName): FunctionInputs =>
  resourceOf(synthesis, 'aws:lambda/function:Function', `${resourceNameOf(name)}Function`)
    .inputs as unknown as FunctionInputs;

/** What the provider sends for a function ("CreateFunction", AWS Lambda API Reference). */
const requestFor = (inputs: FunctionInputs, variables: Variables, zip: Buffer) => ({
  FunctionName: inputs.name,
  Role: inputs.role,
  Runtime: inputs.runtime,
  Handler: inputs.handler,
  Timeout: inputs.timeout,
  MemorySize: inputs.memorySize,
  Architectures: inputs.architectures,
  LoggingConfig: {
    LogFormat: inputs.loggingConfig.logFormat,
    LogGroup: inputs.loggingConfig.logGroup,
  },
  Environment: { Variables: variables },
  Code: { ZipFile: zip.toString('base64') },
});

const createFunction = async (
  lambda: LambdaRest,
  { name, inputs, variables }: { name: FunctionName; inputs: FunctionInputs; variables: Variables },
): Promise<void> => {
  const zip = await zipFolder(join(ROOT, 'dist', 'functions', name));
  await lambda('POST', FUNCTIONS_PATH, requestFor(inputs, variables, zip));
  const { reservedConcurrentExecutions: reserved } = inputs;
  if (reserved === undefined) return;
  await lambda('PUT', `/2017-10-31/functions/${inputs.name}/concurrency`, {
    ReservedConcurrentExecutions: reserved,
  });
};

/**
 * Creates all functions from the bundles as they are built. In: what the environment of each is to be, made from the
 * synthesised one.
 */
export const createFunctions = async (
  lambda: LambdaRest,
  synthesis: Synthesis,
  variablesFor: (synthesised: Variables) => Variables,
): Promise<void> => {
  const known = resourcesOf(synthesis, 'aws:lambda/function:Function').map(({ name }) => name);
  const names = Object.keys(FUNCTION_SETTINGS) as FunctionName[];
  const deployed = names.filter((name) => known.includes(`${resourceNameOf(name)}Function`));
  for (const name of deployed) {
    const inputs = functionOf(synthesis, name);
    const variables = variablesFor(inputs.environment.variables);
    await createFunction(lambda, { name, inputs, variables });
  }
};

/** Tells Lambda which functions may be called by what their own calls led to, as the deploy does. */
export const createRecursionConfigs = async (
  lambda: LambdaRest,
  synthesis: Synthesis,
): Promise<void> => {
  const type = 'aws:lambda/functionRecursionConfig:FunctionRecursionConfig';
  for (const { inputs } of resourcesOf(synthesis, type))
    await lambda('PUT', recursionPathOf(String(inputs.functionName)), {
      RecursiveLoop: inputs.recursiveLoop,
    });
};

const recursionPathOf = (functionName: string): string =>
  `/2024-08-31/functions/${functionName}/recursion-config`;

/** Whether a function may be called by what its own calls led to, by Lambda's word. */
export const mayLoop = async (lambda: LambdaRest, functionName: string): Promise<boolean> => {
  const config = await lambda('GET', recursionPathOf(functionName));
  return (config as { readonly RecursiveLoop: string }).RecursiveLoop === 'Allow';
};

/** Creates the one Function URL. Out: its host, by which the emulator knows a call of it. */
export const createFunctionUrl = async (
  lambda: LambdaRest,
  synthesis: Synthesis,
): Promise<string> => {
  const [url] = resourcesOf(synthesis, 'aws:lambda/functionUrl:FunctionUrl');
  if (url === undefined) throw new Error('The deployment has no Function URL.');
  const { functionName, authorizationType: AuthType, invokeMode: InvokeMode } = url.inputs;
  const made = (await lambda('POST', `/2021-10-31/functions/${String(functionName)}/url`, {
    AuthType,
    InvokeMode,
  })) as { readonly FunctionUrl: string };
  return new URL(made.FunctionUrl).host;
};
