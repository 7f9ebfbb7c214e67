import { z } from 'zod';
import { labelKey, labelValue } from '#core/apis/v1alpha1/label-syntax.ts';
import { schemaFaults } from '#core/apis/v1alpha1/schema-faults.ts';
import type { Affinity } from './agent-nodes.ts';

/** Settings of the agent that the environment of its container may give; all others the DaemonSet itself decides. */
export const GIVEN_SETTINGS = [
  'NODEENI_PCI_IDS',
  'NODEENI_LINK_COUNTERS',
  'NODEENI_NO_IOMMU',
  'NODEENI_DEVICE_PLUGIN',
  'NODEENI_CORRUPT_CONFIG',
  'NODEENI_PLUGIN_LABELS',
  'NODEENI_NETWORK_FOLDER',
  'NODEENI_CNI_FOLDER',
  'NODEENI_RESYNC_SECONDS',
];

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Why nobody may give a variable; undefined where anybody may. */
const variableFault = (name: string): string | undefined => {
  if (!VARIABLE.test(name)) return `${name} is no name of a variable`;
  if (!name.startsWith('NODEENI_') || GIVEN_SETTINGS.includes(name)) return undefined;
  return `${name} is no setting that can be given here; these are: ${GIVEN_SETTINGS.join(', ')}`;
};

const environment = z.record(z.string(), z.string()).superRefine((given, context) => {
  for (const message of Object.keys(given).flatMap((name) => variableFault(name) ?? []))
    context.addIssue({ code: 'custom', message });
});

/** "Resource units in Kubernetes", kubernetes.io. */
const quantities = z.record(
  z.string().min(1),
  z.string().regex(/^\d+(\.\d+)?(m|[kMGTPE]i?)?$/, 'is no quantity: write 100m, 0.5 or 128Mi'),
);

const toleration = z.strictObject({
  key: z.string().min(1).optional(),
  operator: z.enum(['Exists', 'Equal']).optional(),
  value: z.string().optional(),
  effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']).optional(),
  tolerationSeconds: z.int().optional(),
});

const requirements = z
  .array(
    z.object({ key: z.string(), operator: z.string(), values: z.array(z.string()).optional() }),
  )
  .optional();

const affinitySchema = z.looseObject({
  nodeAffinity: z
    .looseObject({
      requiredDuringSchedulingIgnoredDuringExecution: z
        .object({
          nodeSelectorTerms: z
            .array(
              z
                .object({ matchExpressions: requirements, matchFields: requirements })
                // An empty term matches no node ("NodeSelectorTerm", Kubernetes API Reference).
                .refine(
                  ({ matchExpressions = [], matchFields = [] }) =>
                    matchExpressions.length + matchFields.length > 0,
                  'a term needs a requirement',
                ),
            )
            .min(1),
        })
        .optional(),
    })
    .optional(),
});

const affinity = z
  .record(z.string(), z.unknown())
  .refine(
    (value) => affinitySchema.safeParse(value).success,
    'is no affinity of a pod, or one of its terms is empty',
  )
  .transform((value): Affinity => value);

/** How the agent's DaemonSet is fitted to nodes: a part of the options of a deploy, and of what `nodeeni manifests` reads. */
export const agentFitShape = {
  nodeSelector: z
    .record(labelKey, labelValue)
    .default({})
    .describe('labels of the nodes that get an agent, all of them; none: all EC2 nodes with Linux'),
  affinity: affinity
    .optional()
    .describe(
      'affinity of the agent’s pods; that they run on EC2 nodes with Linux is added to each of its terms',
    ),
  tolerations: z
    .array(toleration)
    .default([{ operator: 'Exists' }])
    .describe('taints that keep no agent away'),
  resources: z
    .strictObject({
      requests: quantities
        .default({ cpu: '10m', memory: '80Mi' })
        .describe('what is kept free for an agent'),
      limits: quantities.default({ memory: '192Mi' }).describe('the most an agent may use'),
    })
    .prefault({}),
  env: environment
    .default({})
    .describe('variables of the agent’s container: its settings are `NODEENI_` and their name'),
};

const fitSchema = z.strictObject(agentFitShape);

export type AgentFit = z.output<typeof fitSchema>;

/** What nobody has fitted to anything. */
export const USUAL_FIT: AgentFit = fitSchema.parse({});

/** Reads what is given of a fit. Throws an Error that names every fault by its path. */
export const parseAgentFit = (given: unknown): AgentFit => {
  const parsed = fitSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new Error(schemaFaults(parsed.error).join('\n'));
};
