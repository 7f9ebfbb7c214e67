import type { PluginConfig } from './observed.ts';
import { fieldOf, isObject, isOurs, type Json, locateList } from './plugin-config-list.ts';

/** The prefix of a resource that names none, unless the plugin was started with another (`--resource-prefix`). */
export const DEFAULT_PREFIX = 'intel.com';

/** An entry of someone else. */
export interface ForeignResource {
  /** Prefix and name: `intel.com/sriov_net`. Without a prefix of its own it has the default one here. */
  readonly fullName: string;
  /** The name alone, where the entry leaves the prefix to the plugin: it may become any. */
  readonly bareName?: string;
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
const selectorsOf = (entry: Json): readonly Json[] =>
  [fieldOf(entry, 'selectors')].flat().filter(isObject);

const stringsIn = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

const addressesIn = (selector: Json): string[] => stringsIn(fieldOf(selector, 'pciAddresses'));

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const prefixOf = (entry: Json): string => textOf(fieldOf(entry, 'resourcePrefix'));

const bareNameOf = (entry: Json): string => textOf(fieldOf(entry, 'resourceName'));

const fullNameOf = (entry: Json): string =>
  `${prefixOf(entry) || DEFAULT_PREFIX}/${bareNameOf(entry)}`;

const foreignOf = (entry: Json): ForeignResource => ({
  fullName: fullNameOf(entry),
  ...(prefixOf(entry) === '' && { bareName: bareNameOf(entry) }),
  pciAddresses: selectorsOf(entry).flatMap(addressesIn),
});

const ownDevicesOf = (entry: Json): OwnDevice[] =>
  selectorsOf(entry).flatMap((selector) =>
    addressesIn(selector).map((pciAddress) => ({
      resource: fullNameOf(entry),
      driver: stringsIn(fieldOf(selector, 'drivers'))[0] ?? '',
      pciAddress,
    })),
  );

/** What a configuration says, or why it cannot be read. A file that is not there says nothing. */
export const readPluginConfig = ({
  text,
  problem,
}: Pick<PluginConfig, 'text' | 'problem'>): ConfigReading => {
  if (problem !== undefined) return { kind: 'corrupt', problem };
  const located = text === undefined ? { elements: [] } : locateList(text);
  if (typeof located === 'string') return { kind: 'corrupt', problem: located };
  const entries = located.elements.map(({ entry }) => entry).filter(isObject);
  return {
    kind: 'read',
    foreign: entries.filter((entry) => !isOurs(entry)).map(foreignOf),
    own: entries.filter(isOurs).flatMap(ownDevicesOf),
  };
};
