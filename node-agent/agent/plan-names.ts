import type { HostAction } from './actions.ts';
import type { DesiredInterface } from './desired.ts';
import { type Finding, finding } from './finding.ts';
import type { Subject } from './identity.ts';
import { masterNameOf } from './network-file.ts';
import type { Link, ObservedHost } from './observed.ts';

/**
 * `eth<index>`, by which network attachments name a link on every node alike, unless it has a name for that. Cards count their indexes each on their own,
 * so only the first card's is one link's; and a pod that is given the link itself could not call it so any more, as an
 * alternative name goes with its link (CNI plugin host-device, "File exists").
 */
const indexNameOf = ({
  deviceIndex,
  networkCardIndex,
  resourceName,
  linkName,
  podNetwork,
}: DesiredInterface): string | undefined =>
  deviceIndex === undefined ||
  networkCardIndex !== 0 ||
  resourceName !== undefined ||
  podNetwork?.type === 'host-device' ||
  linkName !== undefined
    ? undefined
    : `eth${deviceIndex}`;

const userNameOf = ({ linkName, linkNameOf }: DesiredInterface): string | undefined =>
  linkNameOf === undefined ? linkName : undefined;

const networkNameOf = ({ eniId, podNetwork }: DesiredInterface): string | undefined =>
  podNetwork?.type === 'ipvlan' ? masterNameOf(eniId) : undefined;

/** Names the link should have beside its own: its ENI's, which no other link has anywhere, the user's, or that of its index. */
const altNamesOf = (desired: DesiredInterface): readonly string[] =>
  [desired.eniId, userNameOf(desired), indexNameOf(desired), networkNameOf(desired)].filter(
    (name) => name !== undefined,
  );

const namesGiven = ({ desired: { macAddress } }: Subject, { memory }: ObservedHost) =>
  memory.given?.[macAddress]?.names ?? [];

/** The alternative names of ours that the link has. */
export const ownAltNames = (subject: Subject, host: ObservedHost): readonly string[] => {
  const { desired, link } = subject;
  const own = [
    ...[desired.eniId, `eth${desired.deviceIndex}`, masterNameOf(desired.eniId)],
    ...[userNameOf(desired)].filter((name) => name !== undefined),
    ...namesGiven(subject, host),
  ];
  return link?.altNames.filter((name) => own.includes(name)) ?? [];
};

/** Names of a link that would not tell whose they are. */
export const namesToRemember = (subject: Subject, host: ObservedHost): readonly string[] => {
  const { desired, link } = subject;
  const given = namesGiven(subject, host);
  if (link === undefined) return given;
  const wanted = userNameOf(desired);
  const still = given.filter((name) => link.altNames.includes(name));
  return [...new Set([...(wanted === undefined ? [] : [wanted]), ...still])];
};

interface Names {
  readonly actions: readonly HostAction[];
  readonly notes: readonly Finding[];
}

/** Gives the link the names that it should have, and takes off others of ours; one that another link has is noted. */
export const planNames = (subject: Subject, link: Link, host: ObservedHost): Names => {
  const { desired } = subject;
  const wanted = altNamesOf(desired);
  const missing = wanted.filter((name) => link.name !== name && !link.altNames.includes(name));
  const taken = missing.filter((name) => host.takenNames.includes(name));
  return {
    actions: [
      ...ownAltNames(subject, host)
        .filter((altName) => !wanted.includes(altName))
        .map((altName) => ({ type: 'remove-alt-name', link: link.name, altName }) as const),
      ...missing
        .filter((name) => !taken.includes(name))
        .map((altName) => ({ type: 'add-alt-name', link: link.name, altName }) as const),
    ],
    notes: [
      ...taken.map((name) =>
        finding(
          'AltNameTaken',
          `Another link is called ${name}; use ${link.name} or ${desired.eniId}.`,
        ),
      ),
      ...(desired.linkNameOf === undefined
        ? []
        : [
            finding(
              'AltNameTaken',
              `${desired.linkName} is the name of ${desired.linkNameOf} on this host; use ${link.name} or ${desired.eniId}.`,
            ),
          ]),
    ],
  };
};
