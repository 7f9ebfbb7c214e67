import type { HostAction } from './actions.ts';
import type { Subject } from './identity.ts';
import {
  askedGroups,
  askedOf,
  describeValues,
  differing,
  type SettingGroup,
  type SettingValues,
} from './link-settings.ts';
import type { Link, ObservedHost } from './observed.ts';

interface Difference {
  readonly group: SettingGroup;
  readonly values: SettingValues;
}

const differencesOf = ({ desired: { slot, settings = {} } }: Subject, host: ObservedHost) =>
  askedGroups(settings).flatMap((group): Difference[] => {
    const values = differing(askedOf(settings, group) ?? {}, host.settings[slot]?.[group]);
    return values === undefined ? [] : [{ group, values }];
  });

/** What sets a link as it is asked for beside its MTU and its queue: each group on its own, as a driver may lack one. */
export const planSettings = (subject: Subject, link: Link, host: ObservedHost): HostAction[] =>
  differencesOf(subject, host).map(({ group, values }) => ({
    type: 'set-link-settings',
    link: link.name,
    group,
    values,
  }));

/**
 * The settings that a link in a pod does not have, in words; undefined when it has all. The kernel's own settings for it are
 * the pod's business: each network namespace gives a link its own when it comes.
 */
export const missingInPod = (subject: Subject, host: ObservedHost): string | undefined => {
  const missing = differencesOf(subject, host).filter(({ group }) => group !== 'sysctls');
  return missing.length === 0
    ? undefined
    : missing.map(({ group, values }) => `${group} ${describeValues(values)}`).join('; ');
};
