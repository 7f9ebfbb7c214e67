import { cniFirst } from './cni-first.ts';
import { freshDeletion } from './fresh-deletion.ts';
import { heartbeatsRefused } from './heartbeats-refused.ts';
import { namesake } from './namesake.ts';
import { refusingPolicy } from './refusing-policy.ts';
import { namedNode, renamedNode } from './renamed-node.ts';
import { scalingApiAway } from './scaling-api-away.ts';
import { secondOwner } from './second-owner.ts';
import type { Situation } from './situation.ts';
import { stuckAttachment } from './stuck-attachment.ts';
import { unlistedRefusal } from './unlisted-refusal.ts';

/** Every situation by the name that a history gives it. */
export const SITUATIONS = {
  namesake,
  'second-owner': secondOwner,
  'refusing-policy': refusingPolicy,
  'unlisted-refusal': unlistedRefusal,
  'scaling-api-away': scalingApiAway,
  'heartbeats-refused': heartbeatsRefused,
  'stuck-attachment': stuckAttachment,
  'fresh-deletion': freshDeletion,
  'cni-first': cniFirst,
  'renamed-node': renamedNode,
  'named-node': namedNode,
} as const satisfies Readonly<Record<string, Situation>>;

export type SituationName = keyof typeof SITUATIONS;
