import { isObject, isOurs, type Json, locateList } from './plugin-config-list.ts';

/** The prefix of a resource that names none (`--resource-prefix` of sriov-network-device-plugin). */
export const DEFAULT_PREFIX = 'intel.com';

/** An entry of someone else. */
export interface ForeignResource {
  /** Prefix and name: `intel.com/sriov_net`. */
  readonly fullName: string;
  /** Addresses it names one by one, as written. */
  readonly pciAddresses: readonly string[];
}

/** A device in an entry of ours. */
export interface OwnDevice {
  readonly resource: string;
  /** What drives the device when the plugin may offer it. */
  readonly driver: string;
  readonly pciAddress: string;
}

export type ConfigReading =
  | { readonly kind: 'corrupt'; readonly problem: string }
  | {
      readonly kind: 'read';
      readonly foreign: readonly ForeignResource[];
      readonly own: readonly OwnDevice[];
    };

// Selectors are one object or a list of them (sriov-network-device-plugin, pkg/factory).
const selectorsOf = ({ selectors }: Json): readonly Json[] =>
  (Array.isArray(selectors) ? selectors : [selectors]).filter(isObject);

const stringsIn = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

const addressesIn = ({ pciAddresses }: Json): string[] => stringsIn(pciAddresses);

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const fullNameOf = ({ resourcePrefix, resourceName }: Json): string =>
  `${textOf(resourcePrefix) || DEFAULT_PREFIX}/${textOf(resourceName)}`;

const foreignOf = (entry: Json): ForeignResource => ({
  fullName: fullNameOf(entry),
  pciAddresses: selectorsOf(entry).flatMap(addressesIn),
});

const ownDevicesOf = (entry: Json): OwnDevice[] =>
  selectorsOf(entry).flatMap((selector) =>
    addressesIn(selector).map((pciAddress) => ({
      resource: fullNameOf(entry),
      driver: stringsIn(selector.drivers)[0] ?? '',
      pciAddress,
    })),
  );

/** What a configuration says, or why it cannot be read. A file that is not there says nothing. */
export const readPluginConfig = (text: string | undefined): ConfigReading => {
  const located = text === undefined ? { elements: [] } : locateList(text);
  if (typeof located === 'string') return { kind: 'corrupt', problem: located };
  const entries = located.elements.map(({ entry }) => entry).filter(isObject);
  return {
    kind: 'read',
    foreign: entries.filter((entry) => !isOurs(entry)).map(foreignOf),
    own: entries.filter(isOurs).flatMap(ownDevicesOf),
  };
};
