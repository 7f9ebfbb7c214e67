import type { z } from 'zod';
import { GROUP, VERSION } from './names.ts';
import { nodeEniSpecSchema, nodeEniStatusSchema } from './node-eni.ts';
import { nodeEniStateSpecSchema, nodeEniStateStatusSchema } from './node-eni-state.ts';
import { openApiSchemaOf } from './open-api.ts';

type Json = Readonly<Record<string, unknown>>;

interface Column {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'date' | 'boolean';
  readonly jsonPath: string;
  /** 1 shows the column only with `-o wide`. */
  readonly priority?: number;
}

interface Kind {
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly description: string;
  readonly spec: z.ZodType;
  readonly status: z.ZodType;
  readonly columns: readonly Column[];
}

const AGE: Column = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };

const NODE_ENI: Kind = {
  kind: 'NodeENI',
  plural: 'nodeenis',
  singular: 'nodeeni',
  shortNames: ['neni'],
  description: 'Asks for a network interface in each of some subnets, on every node it selects.',
  spec: nodeEniSpecSchema,
  status: nodeEniStatusSchema,
  columns: [
    { name: 'Matched', type: 'integer', jsonPath: '.status.matchedNodes' },
    { name: 'Ready', type: 'string', jsonPath: '.status.summary' },
    { name: 'Index', type: 'integer', jsonPath: '.spec.deviceIndex' },
    { name: 'Reason', type: 'string', jsonPath: ".status.conditions[?(@.type=='Ready')].reason" },
    { name: 'AtIndex', type: 'string', jsonPath: '.status.deviceIndexes' },
    {
      name: 'Message',
      type: 'string',
      jsonPath: ".status.conditions[?(@.type=='Ready')].message",
      priority: 1,
    },
    AGE,
  ],
};

const NODE_ENI_STATE: Kind = {
  kind: 'NodeENIState',
  plural: 'nodeenistates',
  singular: 'nodeenistate',
  // The first one reads like the plural of `neni`.
  shortNames: ['nenis', 'enistate'],
  description:
    'The interfaces of one instance: what the controller wants of its host, and what both sides report. Written by nodeeni only.',
  spec: nodeEniStateSpecSchema,
  status: nodeEniStateStatusSchema,
  columns: [
    { name: 'Node', type: 'string', jsonPath: '.spec.nodeName' },
    { name: 'Ready', type: 'string', jsonPath: '.status.summary.ready' },
    { name: 'Reason', type: 'string', jsonPath: '.status.summary.reason' },
    { name: 'Interfaces', type: 'integer', jsonPath: '.status.summary.interfaces' },
    AGE,
  ],
};

const definition = (kind: Kind): Json => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${kind.plural}.${GROUP}` },
  spec: {
    group: GROUP,
    scope: 'Cluster',
    names: {
      kind: kind.kind,
      listKind: `${kind.kind}List`,
      plural: kind.plural,
      singular: kind.singular,
      shortNames: kind.shortNames,
      // `kubectl get enis` shows both kinds.
      categories: ['enis'],
    },
    versions: [
      {
        name: VERSION,
        served: true,
        storage: true,
        subresources: { status: {} },
        additionalPrinterColumns: kind.columns,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            description: kind.description,
            required: ['spec'],
            properties: {
              apiVersion: { type: 'string' },
              kind: { type: 'string' },
              metadata: { type: 'object' },
              spec: openApiSchemaOf(kind.spec),
              status: openApiSchemaOf(kind.status),
            },
          },
        },
      },
    ],
  },
});

/** The CustomResourceDefinitions, keyed by plural. The schemas beside this file are their only source. */
export const customResourceDefinitions = (): Readonly<Record<string, Json>> => ({
  [NODE_ENI.plural]: definition(NODE_ENI),
  [NODE_ENI_STATE.plural]: definition(NODE_ENI_STATE),
});
