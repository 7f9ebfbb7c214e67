import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { customResourceDefinitions } from '#core/apis/v1alpha1/crd.ts';
import type { OpenApiSchema } from '#core/apis/v1alpha1/open-api.ts';
import { schemaOf, versionOf } from './version-of.ts';

interface Placed {
  readonly path: string;
  readonly schema: OpenApiSchema;
}

const placed = (schema: OpenApiSchema, path = ''): Placed[] => [
  { path, schema },
  ...Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
    placed(property, `${path}.${name}`),
  ),
  ...(schema.additionalProperties ? placed(schema.additionalProperties, `${path}.*`) : []),
  ...(schema.items ? placed(schema.items, `${path}[]`) : []),
];

const plurals = ['nodeenis', 'nodeenistates'];

const nodesOf = (plural: string): Placed[] => placed(schemaOf(plural));

const pathsWhere = (plural: string, isWrong: (schema: OpenApiSchema) => boolean): string[] =>
  nodesOf(plural)
    .filter(({ schema }) => isWrong(schema))
    .map(({ path }) => path);

/** What an API server of 1.34 took under strict validation, or what its documentation allows. */
const KNOWN_KEYWORDS = new Set([
  'type',
  'description',
  'properties',
  'additionalProperties',
  'items',
  'required',
  'enum',
  'default',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'maxItems',
  'maxProperties',
  'pattern',
  'x-kubernetes-validations',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
]);

describe.each(plurals)('the schema of %s', (plural) => {
  it('is structural: every node has a type', () => {
    expect(nodesOf(plural).length).toBeGreaterThan(40);
    expect(pathsWhere(plural, ({ type }) => typeof type !== 'string')).toEqual([]);
  });

  it('never has properties beside additionalProperties', () => {
    const isBoth = ({ properties, additionalProperties }: OpenApiSchema) =>
      properties !== undefined && additionalProperties !== undefined;

    expect(pathsWhere(plural, isBoth)).toEqual([]);
  });

  it('uses no keyword that an API server refuses, references among them', () => {
    const keywords = new Set(nodesOf(plural).flatMap(({ schema }) => Object.keys(schema)));

    expect([...keywords].filter((keyword) => !KNOWN_KEYWORDS.has(keyword))).toEqual([]);
  });

  it('carries no bound that only says how large an integer of JavaScript is', () => {
    const isBoundless = ({ minimum, maximum }: OpenApiSchema) =>
      minimum === Number.MIN_SAFE_INTEGER || maximum === Number.MAX_SAFE_INTEGER;

    expect(pathsWhere(plural, isBoundless)).toEqual([]);
  });

  it('bounds every text, list and map', () => {
    const isBoundless = ({ type, properties, ...schema }: OpenApiSchema) =>
      (type === 'string' && schema.enum === undefined && schema.maxLength === undefined) ||
      (type === 'array' && schema.maxItems === undefined) ||
      (schema.additionalProperties !== undefined && schema.maxProperties === undefined);

    // The server sets these two itself.
    expect(pathsWhere(plural, isBoundless)).toEqual(['.apiVersion', '.kind']);
  });

  it('is what the generated file holds', () => {
    const file = new URL(`../../../../../crds/networking.k8s.aws_${plural}.yaml`, import.meta.url);

    expect(parse(readFileSync(file, 'utf8'))).toEqual(customResourceDefinitions()[plural]);
  });
});

describe('the CRD of NodeENI', () => {
  it('describes every field that people write', () => {
    const spec = schemaOf('nodeenis').properties?.spec;

    const bare = Object.entries(spec?.properties ?? {}).filter(
      ([, { description }]) => typeof description !== 'string',
    );

    expect(bare.map(([name]) => name)).toEqual([]);
  });

  it('gives no default to a field whose absence means "no call"', () => {
    const spec = schemaOf('nodeenis').properties?.spec;

    const defaults = Object.entries(spec?.properties ?? {}).flatMap(([name, schema]) =>
      schema.default === undefined ? [] : [[name, schema.default]],
    );

    expect(Object.fromEntries(defaults)).toEqual({
      deviceIndex: 1,
      deviceIndexPolicy: 'Prefer',
      deleteOnTermination: true,
      linkMode: 'Up',
    });
  });

  it.each([
    ['nodeenis', ['Matched', 'Ready', 'Index', 'Reason', 'AtIndex', 'Message', 'Age']],
    ['nodeenistates', ['Node', 'Ready', 'Reason', 'Interfaces', 'Age']],
  ] as const)('prints columns of %s from fields that hold one value each', (plural, names) => {
    const nodes = nodesOf(plural);

    const { additionalPrinterColumns: columns } = versionOf(plural);

    expect(columns.map(({ name }) => name)).toEqual(names);
    for (const { jsonPath } of columns.filter(({ name }) => name !== 'Age')) {
      const path = jsonPath.replace(/\[\?.*\]/, '[]');
      expect(nodes.find((node) => node.path === path)?.schema.type).toMatch(/string|integer/);
    }
  });
});
