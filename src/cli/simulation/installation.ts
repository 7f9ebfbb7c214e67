import type { LambdaFunctionURLResult } from 'aws-lambda';
import type { Clock } from '#core/ports/clock.ts';
import { createHandler as createOnAsgLifecycle } from '#functions/on-asg-lifecycle/handler.ts';
import { createHandler as createOnInstanceState } from '#functions/on-ec2-state-change/handler.ts';
import { createHandler as createOnKubernetesChange } from '#functions/on-kubernetes-change/handler.ts';
import { createHandler as createReconcile } from '#functions/reconcile/handler.ts';
import { createHandler as createRequeue } from '#functions/requeue/handler.ts';
import { createHandler as createRollUp } from '#functions/roll-up/handler.ts';
import { createHandler as createSweep } from '#functions/sweep/handler.ts';
import { createOperator, type FullOperator } from '#operator/create-operator.ts';
import type { Telemetry } from '#operator/telemetry.ts';
import { createSqsWorkQueue, type SqsWorkQueue } from '#providers/sqs/work-queue.ts';
import type { AdmissionAnswer, AdmissionReview } from '#simulator/kubernetes/admission.ts';
import { createLambdaContext } from '#simulator/lambda/context.ts';
import { EventSourceMapping } from '#simulator/lambda/event-source-mapping.ts';
import { SimulatedSqs } from '#simulator/sqs/simulated-sqs.ts';
import type { SimulatedWorld } from './world.ts';

/** Delays and sizes of the deployment; `local` and tests of one thing may choose others. */
export interface InstallationOptions {
  readonly world: SimulatedWorld;
  readonly clusterName: string;
  readonly telemetry: Telemetry;
  readonly workDelaySeconds?: number;
  readonly rollUpDelaySeconds?: number;
  readonly sweepIntervalSeconds?: number;
  readonly budget?: { readonly share: number; readonly burstShare: number };
  /** Worker processes, each with caches and a budget of its own; two is what SQS keeps busy at least. */
  readonly workers?: number;
}

const FUNCTION_TIMEOUT_SECONDS = 60;
const SECRET = 'path-secret';

interface Queues {
  readonly sqs: SimulatedSqs;
  readonly work: string;
  readonly rollUp: string;
  readonly delay: string;
  readonly workQueue: SqsWorkQueue;
}

const createQueues = (clock: Clock, workDelay: number, rollUpDelay: number): Queues => {
  const sqs = new SimulatedSqs({ clock });
  const visibilityTimeoutSeconds = 6 * FUNCTION_TIMEOUT_SECONDS;
  const fifo = (name: string, delaySeconds: number): string => {
    const dead = sqs.createQueue({ name: `${name}-dead.fifo` });
    const deadLetters = { queueUrl: dead, maximumReceives: 5 };
    return sqs.createQueue({
      name: `${name}.fifo`,
      delaySeconds,
      visibilityTimeoutSeconds,
      deadLetters,
    });
  };
  const work = fifo('work', workDelay);
  const rollUp = fifo('roll-up', rollUpDelay);
  const delay = sqs.createQueue({ name: 'delay', visibilityTimeoutSeconds });
  const workQueue = createSqsWorkQueue({
    sqs,
    clock,
    work: { url: work, delaySeconds: workDelay },
    rollUp: { url: rollUp, delaySeconds: rollUpDelay },
    delay: { url: delay },
  });
  return { sqs, work, rollUp, delay, workQueue };
};

const functionUrlEvent = (review: AdmissionReview) => ({
  rawPath: `/${SECRET}`,
  requestContext: { http: { method: 'POST' } },
  body: JSON.stringify(review),
  isBase64Encoded: false,
});

/** The whole product on the simulator: the very handlers of the deployment behind their queues, rules and schedule. */
export const createInstallation = (options: InstallationOptions) => {
  const { world, clusterName, telemetry, workDelaySeconds = 2, rollUpDelaySeconds = 5 } = options;
  const { sweepIntervalSeconds = 300, workers = 1 } = options;
  const { clock } = world;
  const queues = createQueues(clock, workDelaySeconds, rollUpDelaySeconds);
  const { workQueue, sqs } = queues;
  const context = (functionName: string) =>
    createLambdaContext({
      clock,
      functionName,
      timeoutSeconds: FUNCTION_TIMEOUT_SECONDS,
      awsRequestId: '00000000-0000-4000-8000-000000000000',
    });

  const newOperator = (): FullOperator =>
    createOperator({
      clock,
      random: world.random.next,
      clusterName,
      apis: {
        ec2: world.ec2.api,
        autoScaling: world.autoScaling.api,
        kubernetes: world.kubernetes.as('nodeeni'),
      },
      events: { eventBridge: world.eventBridge, busName: 'default' },
      workQueue,
      telemetry,
      budget: { share: 0.5, burstShare: 0.8, concurrency: workers, ...options.budget },
    });

  let operators: FullOperator[] = [];
  let mappings: EventSourceMapping[] = [];
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
    const shared = {
      clock,
      sqs,
      functionTimeoutSeconds: FUNCTION_TIMEOUT_SECONDS,
      signal: kill.signal,
    };
    mappings = [
      new EventSourceMapping({
        ...shared,
        queueUrl: queues.work,
        functionName: 'reconcile',
        maximumConcurrency: 2,
        handler: (event, lambda) => createReconcile(nextOperator())(event, lambda),
      }),
      new EventSourceMapping({
        ...shared,
        queueUrl: queues.rollUp,
        functionName: 'roll-up',
        maximumConcurrency: 2,
        handler: (event, lambda) => createRollUp(nextOperator())(event, lambda),
      }),
      new EventSourceMapping({
        ...shared,
        queueUrl: queues.delay,
        functionName: 'requeue',
        handler: createRequeue({ telemetry, workQueue }),
      }),
    ];
  };

  const sweep = () => createSweep(nextOperator())({}, context('sweep'));

  const runSchedule = async (): Promise<never> => {
    for (;;) {
      await clock.sleep(sweepIntervalSeconds * 1000);
      if (operators.length > 0) await sweep().catch(() => undefined);
    }
  };

  const relay = createOnKubernetesChange({
    telemetry,
    workQueue,
    isSecret: (candidate) => candidate === SECRET,
  });
  const connect = (): void => {
    const router = { telemetry, workQueue };
    const onState = createOnInstanceState(router);
    const onLifecycle = createOnAsgLifecycle(router);
    world.eventBridge.addRule({
      name: 'instance-states',
      pattern: { source: ['aws.ec2'] },
      target: (event) => onState(event, context('on-ec2-state-change')),
    });
    world.eventBridge.addRule({
      name: 'lifecycle-actions',
      pattern: { source: ['aws.autoscaling'] },
      target: (event) => onLifecycle(event, context('on-asg-lifecycle')),
    });
    world.kubernetes.onAdmission(async (review): Promise<AdmissionAnswer | undefined> => {
      const answer: LambdaFunctionURLResult = await relay(
        functionUrlEvent(review),
        context('on-kubernetes-change'),
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
    /** The functions die where they stand; messages in flight come back after their visibility timeout. */
    kill(): void {
      kill.abort();
      operators = [];
    },
    restart: start,
    /** Messages that will still cause work, delayed looks included. */
    pending: (): number =>
      [queues.work, queues.rollUp, queues.delay].reduce(
        (sum, url) => sum + sqs.messagesIn(url).length,
        mappings.reduce((running, { inFlight }) => running + inFlight, 0),
      ),
  };
};

export type Installation = ReturnType<typeof createInstallation>;
