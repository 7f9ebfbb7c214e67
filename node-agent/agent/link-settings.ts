import type { LinkSettings } from '#core/apis/v1alpha1/link-settings.ts';

/** Settings that are read and set at once, in the order in which they are set: queues come before what is set for each. */
export const SETTING_GROUPS = ['channels', 'rings', 'coalescing', 'offloads', 'sysctls'] as const;
export type SettingGroup = (typeof SETTING_GROUPS)[number];

/** By the names of the NodeENI. */
export type SettingValues = Readonly<Record<string, number | boolean>>;

/** What was read of a link. A group that the driver, or no program of the host, shows is absent. */
export type FoundSettings = Readonly<Partial<Record<SettingGroup, SettingValues>>>;

/** What is asked of a group; undefined when nothing is. */
export const askedOf = (settings: LinkSettings, group: SettingGroup): SettingValues | undefined => {
  const asked = Object.entries(settings[group] ?? {}).filter(
    (entry): entry is [string, number | boolean] => entry[1] !== undefined,
  );
  return asked.length === 0 ? undefined : Object.fromEntries(asked);
};

/** The groups of which something is asked. */
export const askedGroups = (settings: LinkSettings): readonly SettingGroup[] =>
  SETTING_GROUPS.filter((group) => askedOf(settings, group) !== undefined);

/** The part of what is asked that is not so; undefined when all is. */
export const differing = (
  asked: SettingValues,
  found: SettingValues | undefined,
): SettingValues | undefined => {
  const different = Object.entries(asked).filter(([name, value]) => found?.[name] !== value);
  return different.length === 0 ? undefined : Object.fromEntries(different);
};

const written = (value: number | boolean): string =>
  typeof value === 'number' ? String(value) : value ? 'on' : 'off';

/** `rx 8192, tx 1024` */
export const describeValues = (values: SettingValues): string =>
  Object.entries(values)
    .map(([name, value]) => `${name} ${written(value)}`)
    .join(', ');
