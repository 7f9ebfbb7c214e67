import { z } from 'zod';

/** The last command that was to configure the host: what it was for, and how it ended. */
export const hostCommandSchema = z.object({
  digest: z.string().meta({ description: 'Of the desired state that the host was given.' }),
  bootedAt: z.string().meta({ description: 'When the instance was started that it was for.' }),
  bootIds: z.array(z.string()).optional().meta({
    description:
      'Boots that it was for: the one that the Node showed when it was sent, and the one in which it ran.',
  }),
  sentAt: z.string(),
  commandId: z.string().optional().meta({ description: 'Absent when it could not be sent.' }),
  outcome: z
    .object({
      reason: z.string().meta({ description: 'One word for programs.' }),
      message: z.string().meta({ description: 'A sentence for people.' }),
    })
    .optional()
    .meta({ description: 'How it ended; absent while it runs.' }),
  failures: z.int().meta({ description: 'How often in a row the same state was not reached.' }),
  retryAt: z.string().optional().meta({
    description: 'The same state is not sent again before (ISO 8601).',
  }),
});

export type HostCommand = z.infer<typeof hostCommandSchema>;
