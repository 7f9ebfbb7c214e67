import { z } from 'zod';
import { boundFaults } from './bounds.ts';
import { API_VERSION } from './names.ts';
import { type NodeEni, type NodeEniSpec, nodeEniSpecSchema } from './node-eni.ts';
import { openApiSchemaOf } from './open-api.ts';
import { NODE_ENI_RULES } from './rules.ts';
import { schemaFaults } from './schema-faults.ts';
import { SUBDOMAIN } from './subdomain.ts';
import { unknownFields } from './unknown-fields.ts';

/** A NodeENI, or everything that is wrong with it. */
export type LoadedNodeEni = { readonly nodeEni: NodeEni } | { readonly faults: readonly string[] };

const NAME = new RegExp(`^${SUBDOMAIN}$`);

const labels = z.record(z.string(), z.string()).exactOptional();

const manifestSchema = z.object({
  apiVersion: z.literal(API_VERSION),
  kind: z.literal('NodeENI'),
  metadata: z.object({
    name: z.string().max(253).regex(NAME, 'use lower case letters, digits, "-" and "." only'),
    uid: z.string().default(''),
    labels,
    annotations: labels,
  }),
  spec: nodeEniSpecSchema,
});

const SPEC_SCHEMA = openApiSchemaOf(nodeEniSpecSchema);

/** What a spec holds more of than the API server takes. One that was stored before is worked with all the same. */
export const tooMuchIn = (spec: object): string[] => boundFaults(SPEC_SCHEMA, spec, 'spec');

const misspelt = (spec: object): string[] =>
  unknownFields(SPEC_SCHEMA, spec, 'spec').map((path) => `${path}: unknown field`);

const specOf = (manifest: unknown): object | undefined => {
  const spec = (manifest as { readonly spec?: unknown } | null)?.spec;
  return typeof spec === 'object' && spec !== null ? spec : undefined;
};

// The rules take sizes and compare, so they take a spec whose types are wrong: all faults are reported at once.
const brokenRules = (spec: object): string[] =>
  NODE_ENI_RULES.filter(({ isBroken }) => isBroken(spec as NodeEniSpec)).map(
    ({ path, message }) => `${path === '' ? 'spec' : `spec.${path}`}: ${message}`,
  );

/**
 * Reads a manifest as the API server would take it: defaults applied, or every fault by its path at once
 * (`spec.subnetIDs[1]: …`), fields that do not exist and the rules between fields among them. The uid is empty
 * for an object that was never stored. Throws nothing.
 */
export const loadNodeEni = (manifest: unknown): LoadedNodeEni => {
  const parsed = manifestSchema.safeParse(manifest);
  const spec = specOf(manifest);
  const unread = parsed.error === undefined ? [] : schemaFaults(parsed.error);
  const isReported = (fault: string) =>
    unread.some((told) => told.split(': ')[0] === fault.split(': ')[0]);
  const faults = [
    ...unread,
    ...(spec === undefined
      ? []
      : [
          ...misspelt(spec),
          ...tooMuchIn(spec).filter((fault) => !isReported(fault)),
          ...brokenRules(spec),
        ]),
  ];
  if (!parsed.success || faults.length > 0) return { faults };
  return { nodeEni: { metadata: parsed.data.metadata, spec: parsed.data.spec } };
};
