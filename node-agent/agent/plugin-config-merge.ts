import { sameJson } from '#core/json.ts';
import { propertySpans, rootStart } from './json-spans.ts';
import { isOurs, type LocatedList, locateList, OWNER, OWNER_FIELD } from './plugin-config-list.ts';

/** A resource of ours: devices under one name. */
export interface OwnResource {
  readonly prefix: string;
  readonly name: string;
  readonly devices: readonly { readonly driver: string; readonly pciAddress: string }[];
}

const selectorsOf = ({ devices }: OwnResource): unknown => {
  const selectors = [...new Set(devices.map(({ driver }) => driver))].toSorted().map((driver) => ({
    drivers: [driver],
    pciAddresses: devices
      .filter((device) => device.driver === driver)
      .map(({ pciAddress }) => pciAddress)
      .toSorted(),
  }));
  // The form that every release of the plugin takes.
  return selectors.length === 1 ? selectors[0] : selectors;
};

const entryOf = (resource: OwnResource): unknown => ({
  resourceName: resource.name,
  resourcePrefix: resource.prefix,
  [OWNER_FIELD]: OWNER,
  selectors: selectorsOf(resource),
});

/**
 * An entry that selects nothing, for a list that would be empty: the plugin ends without any entry, and makes no
 * resource of an entry without devices (sriov-network-device-plugin, cmd/sriovdp).
 */
const PLACEHOLDER = {
  resourceName: 'none',
  resourcePrefix: OWNER,
  [OWNER_FIELD]: OWNER,
  selectors: { pciAddresses: ['ffff:ff:1f.7'] },
};

const byName = (left: OwnResource, right: OwnResource): number =>
  `${left.prefix}/${left.name}` < `${right.prefix}/${right.name}` ? -1 : 1;

const arrayOf = (own: readonly unknown[], foreign: readonly string[]): string => {
  // Ours come first: the plugin gives a device to the first entry that selects it, and ours name exact devices.
  const texts = [...own.map((entry) => `\n    ${JSON.stringify(entry)}`), ...foreign];
  const end = foreign.length > 0 || own.length === 0 ? '' : '\n  ';
  return `[${texts.join(',')}${end}]`;
};

const withProperty = (text: string, array: string): string => {
  const root = rootStart(text) + 1;
  const comma = propertySpans(text, root - 1).length > 0 ? ',' : '\n';
  return `${text.slice(0, root)}\n  "resourceList": ${array}${comma}${text.slice(root)}`;
};

const spliced = (text: string, { span, elements }: LocatedList, own: readonly unknown[]) => {
  const foreign = elements.filter(({ entry }) => !isOurs(entry)).map((element) => element.text);
  const array = arrayOf(own, foreign);
  return span === undefined
    ? withProperty(text, array)
    : `${text.slice(0, span.start)}${array}${text.slice(span.end)}`;
};

/**
 * The configuration with exactly these resources of ours; every byte of other people's entries, and of all that is
 * beside the list, as it was. The same text when nothing differs, undefined when there is no file and no need of one.
 * Throws an Error for a text that cannot be read.
 */
export const mergePluginConfig = (
  text: string | undefined,
  resources: readonly OwnResource[],
): string | undefined => {
  const own = resources.toSorted(byName).map(entryOf);
  if (text === undefined)
    return own.length === 0 ? undefined : `{\n  "resourceList": ${arrayOf(own, [])}\n}\n`;
  const list = locateList(text);
  if (typeof list === 'string') throw new Error(`the configuration cannot be read: ${list}`);
  const present = list.elements.map(({ entry }) => entry).filter(isOurs);
  const isOnlyOurs = present.length > 0 && present.length === list.elements.length;
  const wanted = own.length === 0 && isOnlyOurs ? [PLACEHOLDER] : own;
  return sameJson(present, wanted) ? text : spliced(text, list, wanted);
};
