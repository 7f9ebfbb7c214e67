import type { InstanceFacts } from './facts.ts';
import { type Moment, momentsOf } from './moments.ts';
import { type Stretch, stretchesOf } from './stretches.ts';
import { type Wait, waitsOf } from './waits.ts';

/** What was found out about an instance. */
export interface Explained {
  readonly instanceId: string;
  readonly node?: string;
  /** Of the instance in EC2; absent when EC2 does not know it. */
  readonly state?: string;
  /** In its Auto Scaling group. */
  readonly lifecycleState?: string;
  readonly now: string;
  readonly moments: readonly Moment[];
  readonly stretches: readonly Stretch[];
  readonly waits: readonly Wait[];
}

export const explained = (facts: InstanceFacts): Explained => {
  const { instanceId, instance, node, member, now } = facts;
  return {
    instanceId,
    ...(node !== undefined && { node: node.metadata.name }),
    ...(instance !== undefined && { state: instance.state }),
    ...(member !== undefined && { lifecycleState: member.lifecycleState }),
    now: now.toISOString(),
    moments: momentsOf(facts),
    stretches: stretchesOf(facts),
    waits: waitsOf(facts),
  };
};
