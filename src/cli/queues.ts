import type { Clock } from '#core/ports/clock.ts';
import type { SqsApi } from '#providers/sqs/sqs-api.ts';
import { createSqsWorkQueue, type SqsWorkQueue, type Waits } from '#providers/sqs/work-queue.ts';
import type { InMemoryQueueOptions } from '#runtime/in-memory-queues.ts';

/** What makes queues and takes their messages: those of this process, or the simulator's. */
export interface QueueService extends SqsApi {
  /** Out: the queue's URL. */
  createQueue(options: InMemoryQueueOptions): string;
  messagesIn(queueUrl: string): readonly unknown[];
}

export interface QueueSettings<Service extends QueueService> {
  readonly sqs: Service;
  readonly clock: Clock;
  /** How long hints wait; the deployment's by default. */
  readonly waits?: Waits;
  /** How long a message stays with the function that took it; longer than the function may run. */
  readonly visibilityTimeoutSeconds: number;
}

/** The three queues of an installation, by URL. */
export interface Queues<Service extends QueueService = QueueService> {
  readonly sqs: Service;
  readonly work: string;
  readonly rollUp: string;
  readonly delay: string;
  readonly workQueue: SqsWorkQueue;
}

const MOST_RECEIVES = 5;

/** Makes the queues as the deployment has them: two FIFO queues with dead letters, and one that only waits. */
export const createQueues = <Service extends QueueService>(
  settings: QueueSettings<Service>,
): Queues<Service> => {
  const { sqs, clock, waits, visibilityTimeoutSeconds } = settings;
  const fifo = (name: string): string => {
    const queueUrl = sqs.createQueue({ name: `${name}-dead.fifo` });
    return sqs.createQueue({
      name: `${name}.fifo`,
      visibilityTimeoutSeconds,
      deadLetters: { queueUrl, maximumReceives: MOST_RECEIVES },
    });
  };
  const work = fifo('work');
  const rollUp = fifo('roll-up');
  const delay = sqs.createQueue({ name: 'delay', visibilityTimeoutSeconds });
  const workQueue = createSqsWorkQueue({
    sqs,
    clock,
    work: { url: work },
    rollUp: { url: rollUp },
    delay: { url: delay },
    ...(waits && { waits }),
  });
  return { sqs, work, rollUp, delay, workQueue };
};
