interface Due<Item> {
  readonly items: readonly Item[];
  /** When they are due, and what time it is, in seconds since the epoch. */
  readonly due: number;
  readonly now: number;
}

type Send<Item> = (items: readonly Item[]) => Promise<void>;

/**
 * Sends of what has a time only what this process has not sent for that time already: many hints of one NodeENI come from a
 * batch, and each would be a message. What is on its way is waited for; what failed is sent again.
 */
export const createSentOnce = <Item>(nameOf: (item: Item) => string) => {
  const sent = new Map<string, { readonly due: number; readonly sending: Promise<void> }>();

  const sendNew = (unsent: ReadonlyMap<string, Item>, due: number, send: Send<Item>): void => {
    const sending = send([...unsent.values()]);
    for (const id of unsent.keys()) sent.set(id, { due, sending });
    sending.catch(() => {
      for (const id of unsent.keys()) sent.delete(id);
    });
  };

  return async ({ items, due, now }: Due<Item>, send: Send<Item>): Promise<void> => {
    for (const [id, other] of sent) if (other.due <= now) sent.delete(id);
    const byId = new Map(items.map((item) => [`${nameOf(item)}@${due}`, item]));
    const unsent = new Map([...byId].filter(([id]) => !sent.has(id)));
    if (unsent.size > 0) sendNew(unsent, due, send);
    await Promise.all([...byId.keys()].flatMap((id) => sent.get(id)?.sending ?? []));
  };
};
