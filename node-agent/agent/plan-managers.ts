import type { HostAction } from './actions.ts';
import type { DesiredInterface } from './desired.ts';
import { type Finding, finding } from './finding.ts';
import type { Subject } from './identity.ts';
import type { Link, ObservedHost } from './observed.ts';

/** What a link needs so that no service of the host configures it beside the agent. */
interface TakeOver {
  readonly takeOver: readonly HostAction[];
  readonly notes: readonly Finding[];
}

/** True when a service of the host configures the link, and was not told to leave it yet. */
export const canBeTakenOver = (
  { eniId }: DesiredInterface,
  { ifindex }: Link,
  { managers }: ObservedHost,
): boolean =>
  managers.some(
    ({ managedIfindexes, eniIds }) => managedIfindexes.includes(ifindex) && !eniIds.includes(eniId),
  );

/** Takes the link over from every service that configures it; one that goes on in spite of our file is noted. */
export const planTakeOver = (
  { desired: { eniId, macAddress } }: Subject,
  link: Link,
  { managers }: ObservedHost,
): TakeOver => {
  const managing = managers.filter(({ managedIfindexes }) =>
    managedIfindexes.includes(link.ifindex),
  );
  return {
    takeOver: managing
      .filter(({ eniIds }) => !eniIds.includes(eniId))
      .map(({ name }) => ({
        type: 'take-over',
        manager: name,
        eniId,
        macAddress,
        link: link.name,
      })),
    notes: managing
      .filter(({ eniIds }) => eniIds.includes(eniId))
      .map(({ name }) =>
        finding('StillManaged', `${name} manages ${link.name} in spite of our file.`),
      ),
  };
};

/** What takes our files about interfaces away again. */
export const planHandBack = (
  { managers }: ObservedHost,
  isGone: (eniId: string) => boolean,
): HostAction[] =>
  managers.flatMap(({ name, eniIds }) =>
    eniIds
      .filter(isGone)
      .map((eniId) => ({ type: 'hand-back', manager: name, eniId }) satisfies HostAction),
  );
