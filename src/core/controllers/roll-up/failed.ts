import type { NodeEni, NodeEniStatus } from '#core/apis/v1alpha1/node-eni.ts';
import { explanationOf } from '#core/explanation.ts';
import { sameJson } from '#core/json.ts';
import { conditionBefore } from './picture.ts';
import { condition } from './status.ts';
import { asSentence } from './troubles.ts';

/**
 * The status of a NodeENI whose roll-up failed as a whole: all that was said before, but for `Ready`. Undefined when it is
 * told already, and for what passes by itself; an error nobody has classified may pass, so it makes nothing that is ready unready.
 */
export const failedStatus = (
  nodeEni: NodeEni,
  error: unknown,
  now: Date,
): NodeEniStatus | undefined => {
  const explanation = explanationOf(error);
  const before = conditionBefore(nodeEni, 'Ready');
  if (explanation === undefined) return undefined;
  if (before?.status === 'True' && explanation.reason === 'Error') return undefined;
  const message = `The NodeENI cannot be worked on: ${asSentence(explanation.message)}`;
  const ready = condition(
    'Ready',
    { isTrue: false, reason: explanation.reason, message },
    { nodeEni, now },
  );
  if (sameJson(ready, before)) return undefined;
  const others = (nodeEni.status?.conditions ?? []).filter(({ type }) => type !== 'Ready');
  return { ...nodeEni.status, conditions: [ready, ...others] };
};
