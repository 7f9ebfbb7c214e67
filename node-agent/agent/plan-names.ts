import type { HostAction } from './actions.ts';
import type { DesiredInterface } from './desired.ts';
import { type Finding, finding } from './finding.ts';
import type { Subject } from './identity.ts';
import type { Link, ObservedHost } from './observed.ts';

/**
 * `eth<index>`, by which network attachments name a link on every node alike. Cards count their indexes each on their own,
 * so only the first card's is one link's; and a pod that is given the link itself could not call it so any more, as an
 * alternative name goes with its link (CNI plugin host-device, "File exists").
 */
const indexNameOf = ({
  deviceIndex,
  networkCardIndex,
  resourceName,
}: DesiredInterface): string | undefined =>
  deviceIndex === undefined || networkCardIndex !== 0 || resourceName !== undefined
    ? undefined
    : `eth${deviceIndex}`;

/** Names the link should have beside its own: its ENI's, which no other link has anywhere, and maybe that of its index. */
const altNamesOf = (desired: DesiredInterface): readonly string[] =>
  [desired.eniId, indexNameOf(desired)].filter((name) => name !== undefined);

/** The alternative names of ours that the link has. */
export const ownAltNames = ({ desired, link }: Subject): readonly string[] => {
  const own = [desired.eniId, `eth${desired.deviceIndex}`];
  return link?.altNames.filter((name) => own.includes(name)) ?? [];
};

interface Names {
  readonly actions: readonly HostAction[];
  readonly notes: readonly Finding[];
}

/** Gives the link the names that it should have; one that another link has is noted. */
export const planNames = (
  { desired }: Subject,
  link: Link,
  { takenNames }: ObservedHost,
): Names => {
  const missing = altNamesOf(desired).filter(
    (name) => link.name !== name && !link.altNames.includes(name),
  );
  return {
    actions: missing
      .filter((name) => !takenNames.includes(name))
      .map((altName) => ({ type: 'add-alt-name', link: link.name, altName })),
    notes: missing
      .filter((name) => takenNames.includes(name))
      .map((name) =>
        finding(
          'AltNameTaken',
          `Another link is called ${name}; use ${link.name} or ${desired.eniId}.`,
        ),
      ),
  };
};
