import { z } from 'zod';

const name = z.string().min(1);

/** Names of 253 characters each, and the rest of the metadata: a hook takes 4,000 characters ("PutLifecycleHook"). */
const MOST_NAMED = 14;

/** The settings of the hooks that a deploy makes, as their metadata carries them. */
export const hooks = z
  .strictObject({
    completeWhen: z
      .enum(['Attached', 'Configured'])
      .default('Attached')
      .describe('what a launch waits for: the attachment in EC2, or the word of the node agent'),
    deadlineSeconds: z
      .int()
      .min(30)
      .max(172_800)
      .default(900)
      .describe('seconds after launch at which waiting ends'),
    onDeadline: z
      .enum(['ABANDON', 'CONTINUE'])
      .default('ABANDON')
      .describe(
        'what happens at the deadline: the instance is replaced, or joins without its interfaces',
      ),
    heartbeatSeconds: z
      .int()
      .min(30)
      .max(7200)
      .default(900)
      .describe('seconds without a heartbeat after which Auto Scaling gives up by itself'),
    nodeENIs: z
      .union([
        z.array(name.max(253)).min(1).max(MOST_NAMED),
        z.strictObject({
          matchLabels: z
            .record(z.string().min(1).max(317), z.string().max(63))
            .refine((labels) => Object.keys(labels).length > 0, 'must name a label')
            .refine((labels) => Object.keys(labels).length <= 5, 'must be at most 5 labels'),
        }),
      ])
      .optional()
      .describe(
        'whose interfaces a launch waits for: names of NodeENIs, or `{ "matchLabels": … }` for those that bear labels; otherwise all that select the node, so that whoever may write a NodeENI can hold launches',
      ),
  })
  // However often somebody beats ("Considerations for lifecycle hooks", Amazon EC2 Auto Scaling User Guide).
  .refine(({ deadlineSeconds, heartbeatSeconds }) => !(deadlineSeconds > 100 * heartbeatSeconds), {
    path: ['deadlineSeconds'],
    error: 'must be at most 100 times heartbeatSeconds, since Auto Scaling waits no longer',
    // Also beside other faults: nobody should find this one after mending those.
    when: ({ value }) => typeof value === 'object' && value !== null,
  });
