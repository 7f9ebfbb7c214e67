import type { Options } from './options.ts';

/** What a hook tells the functions about itself, in the words they parse. */
export const hookMetadata = ({ clusterName, hooks }: Pick<Options, 'clusterName' | 'hooks'>) => ({
  cluster: clusterName,
  completeWhen: hooks.completeWhen,
  deadlineSeconds: hooks.deadlineSeconds,
  onDeadline: hooks.onDeadline,
  ...(hooks.nodeENIs !== undefined && { nodeENIs: hooks.nodeENIs }),
});
