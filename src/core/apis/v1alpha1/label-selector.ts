import { z } from 'zod';
import { MOST } from './bounds.ts';
import { labelKey, labelValue } from './label-syntax.ts';
import { validationsAt } from './rules.ts';

/** A map of labels, as a field that may be absent. */
export const labels = (description: string) =>
  z.record(labelKey, labelValue).optional().meta({ description, maxProperties: MOST.labels });

/** Kubernetes' own LabelSelector ("Labels and Selectors", kubernetes.io). In: what is selected, as a subject. */
export const labelSelectorOf = (subject: string) =>
  z.object({
    matchLabels: labels(`Labels ${subject} must carry, all of them.`),
    matchExpressions: z
      .array(
        z.object({
          key: labelKey.meta({ description: 'The key of a label.' }),
          operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
          values: z.array(labelValue).optional().meta({
            maxItems: MOST.requirementValues,
            description: 'Values for In and NotIn; none for Exists and DoesNotExist.',
          }),
        }),
      )
      .optional()
      .meta({
        maxItems: MOST.requirements,
        description: `Conditions ${subject} must meet, all of them.`,
      }),
  });

export const nodeSelector = labelSelectorOf('a node').meta({
  description: 'A label selector; ANDed with nodeSelector.',
  'x-kubernetes-validations': validationsAt('selector'),
});
