/** A batch on its way into a queue. */
interface Batch {
  readonly QueueUrl: string;
  readonly Entries: readonly {
    readonly MessageBody: string;
    readonly MessageDeduplicationId?: string;
  }[];
}

type Hop = 'reconcile' | 'requeue';

/** Who sent what a batch says of an instance to itself, or to the other: hints of third parties begin a chain of their own. */
const senderOf = ({ Entries }: Batch, instanceId: string): Hop | undefined => {
  const entry = Entries.find(({ MessageBody }) => MessageBody.includes(instanceId));
  if (entry === undefined) return undefined;
  if (entry.MessageDeduplicationId === undefined) return 'reconcile';
  return entry.MessageDeduplicationId.includes('@') ? 'requeue' : undefined;
};

/**
 * How many invocations led from one to the next for an instance: reconcile asks for a delayed one, requeue hands it on, and so
 * forth. The emulator passes on no lineage, so it is read off the messages. In: the batches that functions sent, as written.
 */
export const lineageOf = (batches: readonly string[], instanceId: string): number => {
  const chain: Hop[] = [];
  for (const batch of batches) {
    const sender = senderOf(JSON.parse(batch) as Batch, instanceId);
    const next = chain.at(-1) === 'reconcile' ? 'requeue' : 'reconcile';
    if (sender === next) chain.push(sender);
  }
  return chain.length;
};
