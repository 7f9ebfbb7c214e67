import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPluginConfig } from '#node-agent/agent/plugin-config.ts';
import { locateList } from '#node-agent/agent/plugin-config-list.ts';
import { mergePluginConfig, type OwnResource } from '#node-agent/agent/plugin-config-merge.ts';

const anyString = fc.oneof(fc.string(), fc.constantFrom('"', '\\', ']', '}', ',', 'a"],[\\'));
const anyKey = fc.oneof(
  anyString,
  fc.constantFrom('selectors', 'drivers', 'pciAddresses', 'notes'),
);
const anyJson = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    anyString,
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(true, false, null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(anyKey, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;

const anyEntry = fc.oneof(
  anyJson,
  fc.record({ resourceName: anyString, selectors: anyJson, additionalInfo: anyJson }),
);
const anySpace = fc.constantFrom('', ' ', '\n', '\n\t', '\r\n    ', '  \n');

/** JSON text with white space of any kind wherever it may stand. */
const spaced = (value: unknown, space: readonly string[]): string => {
  let turn = 0;
  const gap = () => space[turn++ % space.length] ?? '';
  const write = (part: unknown): string => {
    if (Array.isArray(part))
      return `[${part.map((one) => gap() + write(one) + gap()).join(',')}${part.length === 0 ? gap() : ''}]`;
    if (typeof part !== 'object' || part === null) return JSON.stringify(part);
    const fields = Object.entries(part).map(
      ([key, one]) => `${gap()}${JSON.stringify(key)}${gap()}:${gap()}${write(one)}${gap()}`,
    );
    return `{${fields.join(',')}${fields.length === 0 ? gap() : ''}}`;
  };
  return `${gap()}${write(value)}${gap()}`;
};

const anyUserFile = fc
  .tuple(
    fc.dictionary(anyKey, anyJson, { maxKeys: 2, noNullPrototype: true }),
    fc.dictionary(anyKey, anyJson, { maxKeys: 2, noNullPrototype: true }),
    fc.constantFrom('resourceList', 'ResourceList'),
    fc.array(anyEntry, { maxLength: 4 }),
    fc.array(anySpace, { minLength: 1, maxLength: 7 }),
  )
  .map(([before, after, key, entries, space]) =>
    spaced({ ...before, [key]: entries, ...after }, space),
  )
  .filter((text) => typeof locateList(text) !== 'string');

const anyDevice = fc.record({
  driver: fc.constantFrom('vfio-pci', 'ena', 'igb_uio'),
  pciAddress: fc.integer({ min: 5, max: 15 }).map((slot) => `0000:00:0${slot.toString(16)}.0`),
});
const anyResources: fc.Arbitrary<OwnResource[]> = fc.uniqueArray(
  fc.record({
    prefix: fc.constantFrom('intel.com', 'amazon.com'),
    name: fc.constantFrom('data', 'voice', 'sriov_net'),
    devices: fc.array(anyDevice, { minLength: 1, maxLength: 3 }),
  }),
  { maxLength: 3, selector: ({ prefix, name }) => `${prefix}/${name}` },
);

const merged = (text: string, resources: readonly OwnResource[]): string =>
  mergePluginConfig(text, resources) ?? '';

const listOf = (text: string) => {
  const located = locateList(text);
  if (typeof located === 'string') throw new Error(located);
  return located;
};

const isOurs = (entry: unknown): boolean => JSON.stringify(entry)?.includes('managedBy') === true;

/** The very bytes of the entries of others, with the white space around them. */
const foreignTexts = (text: string) =>
  listOf(text).elements.flatMap((element) => (isOurs(element.entry) ? [] : [element.text]));

describe('mergePluginConfig, whatever file people have', () => {
  it('keeps every byte of their entries, in their order', () => {
    fc.assert(
      fc.property(anyUserFile, anyResources, (text, resources) => {
        expect(foreignTexts(merged(text, resources))).toEqual(foreignTexts(text));
      }),
    );
  });

  it('keeps every byte before and after the list', () => {
    fc.assert(
      fc.property(anyUserFile, anyResources, (text, resources) => {
        const result = merged(text, resources);
        const { span: was } = listOf(text);
        const { span: is } = listOf(result);

        expect(result.slice(0, is?.start)).toBe(text.slice(0, was?.start));
        expect(result.slice(is?.end)).toBe(text.slice(was?.end));
      }),
    );
  });

  it('gives their file back byte for byte when the last of ours goes', () => {
    fc.assert(
      fc.property(anyUserFile, anyResources, (text, resources) => {
        fc.pre(foreignTexts(text).length > 0);

        expect(merged(merged(text, resources), [])).toBe(text);
      }),
    );
  });

  it('says exactly what is asked of ours, and settles at once', () => {
    fc.assert(
      fc.property(anyUserFile, anyResources, anyResources, (text, before, after) => {
        const result = merged(merged(text, before), after);

        const reading = readPluginConfig({ text: result });
        const addresses = after.flatMap(({ devices }) => devices.map((one) => one.pciAddress));
        const own = reading.kind === 'read' ? reading.own.map(({ pciAddress }) => pciAddress) : [];
        expect(own.filter((one) => one !== 'ffff:ff:1f.7').toSorted()).toEqual(
          addresses.toSorted(),
        );
        expect(merged(result, after)).toBe(result);
      }),
    );
  });
});
