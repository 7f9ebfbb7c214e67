import type { LambdaFunctionURLResult } from 'aws-lambda';
import { pendingIn, queuedFunctions } from '#cli/functions.ts';
import { createQueues } from '#cli/queues.ts';
import type { Room } from '#core/controllers/sweep/room.ts';
import { LOOPING_FUNCTIONS } from '#core/events/looping-functions.ts';
import { eventRoutes } from '#core/events/routes.ts';
import type { InstallationSettings } from '#core/instance/installation-settings.ts';
import { createHandler as createOnAsgLifecycle } from '#functions/on-asg-lifecycle/handler.ts';
import { createHandler as createOnCommandResult } from '#functions/on-command-result/handler.ts';
import { createHandler as createOnInstanceState } from '#functions/on-ec2-state-change/handler.ts';
import { createHandler as createOnKubernetesChange } from '#functions/on-kubernetes-change/handler.ts';
import { createHandler as createSweep } from '#functions/sweep/handler.ts';
import { createOperator, type FullOperator } from '#operator/create-operator.ts';
import type { Telemetry } from '#operator/telemetry.ts';
import { createLambdaContext } from '#runtime/lambda-context.ts';
import type { AdmissionAnswer, AdmissionReview } from '#simulator/kubernetes/admission.ts';
import { EventSourceMapping } from '#simulator/lambda/event-source-mapping.ts';
import { outsideLineage } from '#simulator/lambda/lineage.ts';
import { SimulatedSqs } from '#simulator/sqs/simulated-sqs.ts';
import { mortal } from './mortal.ts';
import type { SimulatedWorld } from './world.ts';

/** Sizes of the deployment; tests of one thing may choose others. */
export interface InstallationOptions {
  readonly world: SimulatedWorld;
  readonly clusterName: string;
  readonly telemetry: Telemetry;
  readonly sweepIntervalSeconds?: number;
  /** What one run of the sweep looks at; absent: what the deployed function can. */
  readonly sweepRoom?: Room;
  readonly budget?: { readonly share: number; readonly burstShare: number };
  /** Who configures hosts: agents, or commands where NodeENIs say so or say nothing. Default `agent`. */
  readonly host?: 'agent' | 'ssm' | 'either';
  /** What whoever installed it decided. */
  readonly settings?: InstallationSettings;
  /** Worker processes, each with caches and a budget of its own; two is what SQS keeps busy at least. */
  readonly workers?: number;
}

const FUNCTION_TIMEOUT_SECONDS = 60;
const SECRET = 'path-secret';

const functionUrlEvent = (review: AdmissionReview) => ({
  rawPath: `/${SECRET}`,
  requestContext: { http: { method: 'POST' } },
  body: JSON.stringify(review),
  isBase64Encoded: false,
});

/** The whole product on the simulator: the very handlers of the deployment behind their queues, rules and schedule. */
export const createInstallation = (options: InstallationOptions) => {
  const { world, clusterName, telemetry } = options;
  const { sweepIntervalSeconds = 300, workers = 1, host = 'agent' } = options;
  const { clock } = world;
  const queues = createQueues({
    sqs: new SimulatedSqs({ clock }),
    clock,
    visibilityTimeoutSeconds: 6 * FUNCTION_TIMEOUT_SECONDS,
  });
  const { workQueue } = queues;
  const context = (functionName: string) =>
    createLambdaContext({
      clock,
      functionName,
      timeoutSeconds: FUNCTION_TIMEOUT_SECONDS,
      awsRequestId: '00000000-0000-4000-8000-000000000000',
    });

  const newOperator = (): FullOperator => {
    const { signal } = kill;
    const own = <Api extends object>(api: Api): Api => mortal(api, () => !signal.aborted);
    return createOperator({
      clock,
      random: world.random.next,
      clusterName,
      apis: {
        ec2: own(world.ec2.api),
        autoScaling: own(world.autoScaling.api),
        kubernetes: own(world.kubernetes.as('nodeeni')),
      },
      events: { eventBridge: own(world.eventBridge), busName: 'default' },
      ...(host !== 'agent' && {
        runCommand: {
          ssm: own(world.ssm.api),
          bundleLink: () => Promise.resolve('https://example.com/agent.mjs'),
          isUsual: host === 'ssm',
        },
      }),
      workQueue: own(workQueue),
      telemetry,
      ...(options.settings && { settings: options.settings }),
      ...(options.sweepRoom && { sweepRoom: options.sweepRoom }),
      budget: { share: 0.5, burstShare: 0.8, concurrency: workers, ...options.budget },
    });
  };

  let operators: FullOperator[] = [];
  let mappings: readonly EventSourceMapping[] = [];
  let kill = new AbortController();
  let turn = 0;

  /** Lambda gives a batch to whichever environment is free; here they take turns. */
  const nextOperator = (): FullOperator => {
    turn += 1;
    const operator = operators[turn % operators.length];
    if (operator === undefined) throw new Error('the functions are not running');
    return operator;
  };

  const start = (): void => {
    kill = new AbortController();
    operators = Array.from({ length: workers }, newOperator);
    mappings = queuedFunctions({ queues, telemetry, operator: nextOperator }).map(
      (queued) =>
        new EventSourceMapping({
          ...queued,
          clock,
          sqs: queues.sqs,
          recursiveLoop: LOOPING_FUNCTIONS.includes(queued.functionName) ? 'Allow' : 'Terminate',
          functionTimeoutSeconds: FUNCTION_TIMEOUT_SECONDS,
          signal: kill.signal,
        }),
    );
  };

  const sweep = () => createSweep(nextOperator())({}, context('sweep'));

  const runSchedule = async (): Promise<never> => {
    for (;;) {
      await clock.sleep(sweepIntervalSeconds * 1000);
      // Not awaited: a function that is killed never answers, and the schedule goes on all the same.
      if (operators.length > 0) void sweep().catch(() => undefined);
    }
  };

  const relay = createOnKubernetesChange({
    telemetry,
    workQueue,
    version: 'simulated',
    isSecret: (candidate) => candidate === SECRET,
  });
  const connect = (): void => {
    const router = { telemetry, workQueue };
    const handlers = {
      'on-ec2-state-change': createOnInstanceState(router),
      'on-command-result': createOnCommandResult(router),
      'on-asg-lifecycle': createOnAsgLifecycle(router),
    };
    for (const { functionName, ...rule } of eventRoutes(clusterName))
      world.eventBridge.addRule({
        ...rule,
        target: (event) =>
          outsideLineage(() => handlers[functionName](event, context(functionName))),
      });
    world.kubernetes.onAdmission(async (review): Promise<AdmissionAnswer | undefined> => {
      const answer: LambdaFunctionURLResult = await outsideLineage(() =>
        relay(functionUrlEvent(review), context('on-kubernetes-change')),
      );
      return typeof answer === 'string' || answer.body === undefined
        ? undefined
        : (JSON.parse(answer.body) as AdmissionAnswer);
    });
  };

  connect();
  start();
  void runSchedule();

  return {
    queues,
    sweep,
    /** A worker environment, for what the commands do. */
    operator: (): FullOperator => nextOperator(),
    /** The functions die where they stand: no further call goes out. Messages in flight come back after their visibility timeout. */
    kill(): void {
      kill.abort();
      operators = [];
    },
    restart: start,
    isRunning: (): boolean => operators.length > 0,
    /** Messages that will still cause work, delayed reconciles included. */
    pending: (): number => pendingIn(queues, mappings),
  };
};

export type Installation = ReturnType<typeof createInstallation>;
