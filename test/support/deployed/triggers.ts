import {
  type EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { resourcesOf, type Synthesis } from '#test/support/infra/synthesis.ts';
import type { LambdaRest } from './lambda-rest.ts';

interface MappingInputs {
  readonly eventSourceArn: string;
  readonly functionName: string;
  readonly batchSize: number;
  readonly functionResponseTypes?: readonly string[];
  readonly maximumBatchingWindowInSeconds?: number;
  readonly scalingConfig?: { readonly maximumConcurrency: number };
}

/** What the provider sends for a mapping ("CreateEventSourceMapping", AWS Lambda API Reference). */
const mappingRequestFor = (inputs: MappingInputs) => ({
  EventSourceArn: inputs.eventSourceArn,
  FunctionName: inputs.functionName,
  BatchSize: inputs.batchSize,
  FunctionResponseTypes: inputs.functionResponseTypes,
  MaximumBatchingWindowInSeconds: inputs.maximumBatchingWindowInSeconds,
  ...(inputs.scalingConfig && {
    ScalingConfig: { MaximumConcurrency: inputs.scalingConfig.maximumConcurrency },
  }),
});

const MAPPINGS_PATH = '/2015-03-31/event-source-mappings';

/** What the emulator says of the last batch that a function was given: `FAILED`, or `OK` and how many. */
export const lastResultOf = async (lambda: LambdaRest, functionName: string): Promise<string> => {
  const query = new URLSearchParams({ FunctionName: functionName });
  const { EventSourceMappings: found } = (await lambda('GET', `${MAPPINGS_PATH}?${query}`)) as {
    readonly EventSourceMappings: readonly { readonly LastProcessingResult: string }[];
  };
  return found.map(({ LastProcessingResult: result }) => result).join();
};

/** Lets the functions work off their queues. */
export const createMappings = async (lambda: LambdaRest, synthesis: Synthesis): Promise<void> => {
  const mappings = resourcesOf(synthesis, 'aws:lambda/eventSourceMapping:EventSourceMapping');
  for (const { inputs } of mappings) {
    const request = mappingRequestFor(inputs as unknown as MappingInputs);
    await lambda('POST', MAPPINGS_PATH, request);
  }
};

interface TargetInputs {
  readonly rule: string;
  readonly arn: string;
  readonly deadLetterConfig?: { readonly arn: string };
  readonly retryPolicy: {
    readonly maximumRetryAttempts: number;
    readonly maximumEventAgeInSeconds: number;
  };
}

/** What the provider sends for a target ("PutTargets", Amazon EventBridge API Reference). */
const targetFor = ({ arn, deadLetterConfig, retryPolicy }: TargetInputs) => ({
  Id: 'function',
  Arn: arn,
  ...(deadLetterConfig && { DeadLetterConfig: { Arn: deadLetterConfig.arn } }),
  RetryPolicy: {
    MaximumRetryAttempts: retryPolicy.maximumRetryAttempts,
    MaximumEventAgeInSeconds: retryPolicy.maximumEventAgeInSeconds,
  },
});

/** Creates the rules, the schedule among them, and lets each wake its function. */
export const createRules = async (
  eventBridge: EventBridgeClient,
  synthesis: Synthesis,
): Promise<void> => {
  for (const { inputs } of resourcesOf(synthesis, 'aws:cloudwatch/eventRule:EventRule')) {
    const { name, eventPattern, scheduleExpression } = inputs as Readonly<Record<string, string>>;
    await eventBridge.send(
      new PutRuleCommand({
        Name: name,
        ...(eventPattern !== undefined && { EventPattern: eventPattern }),
        ...(scheduleExpression !== undefined && { ScheduleExpression: scheduleExpression }),
      }),
    );
  }
  for (const { inputs } of resourcesOf(synthesis, 'aws:cloudwatch/eventTarget:EventTarget')) {
    const target = inputs as unknown as TargetInputs;
    const Targets = [targetFor(target)];
    await eventBridge.send(new PutTargetsCommand({ Rule: target.rule, Targets }));
  }
};

/** What becomes of events that a function fails at. */
export const createInvokeConfigs = async (
  lambda: LambdaRest,
  synthesis: Synthesis,
): Promise<void> => {
  const type = 'aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig';
  for (const { inputs } of resourcesOf(synthesis, type)) {
    const { destinationConfig } = inputs as {
      readonly destinationConfig?: { readonly onFailure: { readonly destination: string } };
    };
    const path = `/2019-09-25/functions/${String(inputs.functionName)}/event-invoke-config`;
    await lambda('PUT', path, {
      MaximumRetryAttempts: inputs.maximumRetryAttempts,
      MaximumEventAgeInSeconds: inputs.maximumEventAgeInSeconds,
      ...(destinationConfig && {
        DestinationConfig: { OnFailure: { Destination: destinationConfig.onFailure.destination } },
      }),
    });
  }
};
