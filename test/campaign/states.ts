import type { NodeEniState } from '#core/apis/v1alpha1/node-eni-state.ts';
import { NODE_ENI_STATES } from '#providers/kubernetes/resources.ts';
import type { Stage } from './stage.ts';

/** The record of each instance, as it is stored. */
export const statesOf = ({ kubernetes }: Pick<Stage, 'kubernetes'>): readonly NodeEniState[] =>
  kubernetes.stored(NODE_ENI_STATES) as unknown as readonly NodeEniState[];

/** The record of one instance; undefined where there is none. */
export const stateOf = (
  instanceId: string,
  stage: Pick<Stage, 'kubernetes'>,
): NodeEniState | undefined => statesOf(stage).find(({ metadata }) => metadata.name === instanceId);
