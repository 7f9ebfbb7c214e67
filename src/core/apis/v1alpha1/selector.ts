import type { LabelSelector, NodeEniSpec } from './node-eni.ts';

type Labels = Readonly<Record<string, string>>;
type Requirement = NonNullable<LabelSelector['matchExpressions']>[number];

const holds = ({ key, operator, values = [] }: Requirement, labels: Labels): boolean => {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return operator satisfies never;
  }
};

/**
 * True when a node with these labels is selected: `nodeSelector` AND `selector`
 * ("Labels and Selectors", kubernetes.io).
 */
export const selects = (spec: NodeEniSpec, labels: Labels): boolean => {
  const equalities = { ...spec.nodeSelector, ...spec.selector?.matchLabels };
  const isConsistent = Object.entries(spec.nodeSelector ?? {}).every(
    ([key, value]) => equalities[key] === value,
  );
  return (
    isConsistent &&
    Object.entries(equalities).every(([key, value]) => labels[key] === value) &&
    (spec.selector?.matchExpressions ?? []).every((requirement) => holds(requirement, labels))
  );
};

/** An empty set, which only an object from before the rule against it holds, has no text: it would be the set of "". */
const written = ({ key, operator, values = [] }: Requirement): string[] => {
  switch (operator) {
    case 'In':
      return values.length === 0 ? [key, `!${key}`] : [`${key} in (${values.join(',')})`];
    case 'NotIn':
      return values.length === 0 ? [] : [`${key} notin (${values.join(',')})`];
    case 'Exists':
      return [key];
    case 'DoesNotExist':
      return [`!${key}`];
    default:
      return operator satisfies never;
  }
};

/** The same selector as the text the API server takes in `labelSelector=`. Empty text selects every node. */
export const selectorText = (spec: NodeEniSpec): string =>
  [
    ...Object.entries(spec.nodeSelector ?? {}).map(([key, value]) => `${key}=${value}`),
    ...Object.entries(spec.selector?.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`),
    ...(spec.selector?.matchExpressions ?? []).flatMap(written),
  ].join(',');
