import type { Clock } from '#core/ports/clock.ts';
import { createSqsWorkQueue, type SqsWorkQueue } from '#providers/sqs/work-queue.ts';
import { SimulatedSqs } from '#simulator/sqs/simulated-sqs.ts';

export interface QueueSettings {
  readonly clock: Clock;
  readonly workDelaySeconds: number;
  readonly rollUpDelaySeconds: number;
  /** How long a message stays with the function that took it; longer than the function may run. */
  readonly visibilityTimeoutSeconds: number;
  /** Most messages of one batch; AWS's ten unless told otherwise. */
  readonly maximumReceive?: number;
}

/** The three queues of an installation, in memory, by URL. */
export interface Queues {
  readonly sqs: SimulatedSqs;
  readonly work: string;
  readonly rollUp: string;
  readonly delay: string;
  readonly workQueue: SqsWorkQueue;
}

const MOST_RECEIVES = 5;

/** Makes the queues as the deployment has them: two FIFO queues with dead letters, and one that only waits. */
export const createQueues = (settings: QueueSettings): Queues => {
  const { clock, workDelaySeconds, rollUpDelaySeconds, visibilityTimeoutSeconds } = settings;
  const { maximumReceive } = settings;
  const sqs = new SimulatedSqs({ clock, ...(maximumReceive !== undefined && { maximumReceive }) });
  const fifo = (name: string, delaySeconds: number): string => {
    const queueUrl = sqs.createQueue({ name: `${name}-dead.fifo` });
    return sqs.createQueue({
      name: `${name}.fifo`,
      delaySeconds,
      visibilityTimeoutSeconds,
      deadLetters: { queueUrl, maximumReceives: MOST_RECEIVES },
    });
  };
  const work = fifo('work', workDelaySeconds);
  const rollUp = fifo('roll-up', rollUpDelaySeconds);
  const delay = sqs.createQueue({ name: 'delay', visibilityTimeoutSeconds });
  const workQueue = createSqsWorkQueue({
    sqs,
    clock,
    work: { url: work, delaySeconds: workDelaySeconds },
    rollUp: { url: rollUp, delaySeconds: rollUpDelaySeconds },
    delay: { url: delay },
  });
  return { sqs, work, rollUp, delay, workQueue };
};
