import { clusterAnew } from './cluster-anew.ts';
import { cniFirst } from './cni-first.ts';
import { copiedTags } from './copied-tags.ts';
import { falseNode } from './false-node.ts';
import { foreignGroup } from './foreign-group.ts';
import { freshDeletion } from './fresh-deletion.ts';
import { groupAnew } from './group-anew.ts';
import { heartbeatsRefused } from './heartbeats-refused.ts';
import { heldIndex } from './held-index.ts';
import { hostileTenant } from './hostile-tenant.ts';
import { lostTag } from './lost-tag.ts';
import { manyGroups } from './many-groups.ts';
import { namesake } from './namesake.ts';
import { partPromised } from './part-promised.ts';
import { patientNamesake } from './patient-namesake.ts';
import { podNetwork } from './pod-network.ts';
import { refusingPolicy } from './refusing-policy.ts';
import { namedNode, renamedNode } from './renamed-node.ts';
import { scalingApiAway } from './scaling-api-away.ts';
import { secondOwner } from './second-owner.ts';
import type { Situation } from './situation.ts';
import { stuckAttachment } from './stuck-attachment.ts';
import { tagPolicy } from './tag-policy.ts';
import { unlistedRefusal } from './unlisted-refusal.ts';
import { warmLaunch } from './warm-launch.ts';

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
  'lost-tag': lostTag,
  'group-anew': groupAnew,
  'foreign-group': foreignGroup,
  'tag-policy': tagPolicy,
  'part-promised': partPromised,
  'warm-launch': warmLaunch,
  'many-groups': manyGroups,
  'cluster-anew': clusterAnew,
  'held-index': heldIndex,
  'copied-tags': copiedTags,
  'false-node': falseNode,
  'patient-namesake': patientNamesake,
  'hostile-tenant': hostileTenant,
  'pod-network': podNetwork,
} as const satisfies Readonly<Record<string, Situation>>;

export type SituationName = keyof typeof SITUATIONS;
