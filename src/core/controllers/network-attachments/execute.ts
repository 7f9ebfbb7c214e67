import { failureOf } from '#core/errors.ts';
import { type Explanation, explanationOrError } from '#core/explanation.ts';
import type { NetworkAttachmentStore } from '#core/ports/cluster.ts';
import type { AttachmentAction } from './plan.ts';

const run = ({ type, attachment }: AttachmentAction, store: NetworkAttachmentStore) => {
  switch (type) {
    case 'create':
      return store.create(attachment);
    case 'mend':
      return store.mend(attachment);
    case 'delete':
      return store.delete(attachment);
    default:
      return type satisfies never;
  }
};

const explain = ({ type, attachment }: AttachmentAction, error: unknown): Explanation => {
  const { namespace, name } = attachment;
  const failure = failureOf(error);
  if (type === 'create' && failure === 'Conflict')
    return {
      reason: 'NameTaken',
      message: `${namespace} has a NetworkAttachmentDefinition ${name} that is not ours, and it is left alone. Write another podNetwork.name, or delete it.`,
    };
  if (type === 'create' && failure === 'NotFound')
    return {
      reason: 'NamespaceNotFound',
      message: `There is no namespace ${namespace}. Its pods get the network once it is there.`,
    };
  const { reason, message } = explanationOrError(error);
  return { reason, message: `NetworkAttachmentDefinition ${namespace}/${name}: ${message}` };
};

/** What became of an action; without an explanation it was done. */
export interface AttachmentResult {
  readonly action: AttachmentAction;
  readonly explanation?: Explanation;
}

/** Makes each change, one after the other; what is refused of one holds back no other. Never throws. */
export const executeAttachments = async (
  actions: readonly AttachmentAction[],
  store: NetworkAttachmentStore,
): Promise<readonly AttachmentResult[]> => {
  const results: AttachmentResult[] = [];
  for (const action of actions) {
    try {
      await run(action, store);
      results.push({ action });
    } catch (error) {
      results.push({ action, explanation: explain(action, error) });
    }
  }
  return results;
};
