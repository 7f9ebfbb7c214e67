type Labels = Readonly<Record<string, string>>;

export interface Requirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values?: readonly string[] | undefined;
}

/** The fields of a spec that say which nodes it is about. */
export interface Selecting {
  readonly nodeSelector?: Labels | undefined;
  readonly selector?:
    | {
        readonly matchLabels?: Labels | undefined;
        readonly matchExpressions?: readonly Requirement[] | undefined;
      }
    | undefined;
}

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

/** Everything that is asked of labels, as one list: `nodeSelector` AND `selector`. */
export const requirementsOf = ({ nodeSelector = {}, selector }: Selecting): Requirement[] => [
  ...[nodeSelector, selector?.matchLabels ?? {}]
    .flatMap((equalities) => Object.entries(equalities))
    .map(([key, value]): Requirement => ({ key, operator: 'In', values: [value] })),
  ...(selector?.matchExpressions ?? []),
];

/** True when a node with these labels, and no others, is selected ("Labels and Selectors", kubernetes.io). */
export const selects = (spec: Selecting, labels: Labels): boolean =>
  requirementsOf(spec).every((requirement) => holds(requirement, labels));

/** Whether a node is selected of which some labels are known. */
export type Selection = 'yes' | 'no' | 'unknown';

const isOpen = ({ key, operator, values = [] }: Requirement, labels: Labels): boolean =>
  !Object.hasOwn(labels, key) && (values.length > 0 || !['In', 'NotIn'].includes(operator));

/**
 * Whether a node is selected that carries these labels and perhaps others. A key that is among them has its value, so another
 * value is a sure no; of a key that is not among them nothing is known, not even that it will be absent.
 */
export const selectsByPart = (spec: Selecting, labels: Labels): Selection => {
  const requirements = requirementsOf(spec);
  const isSure = (requirement: Requirement) => !isOpen(requirement, labels);
  if (!requirements.filter(isSure).every((requirement) => holds(requirement, labels))) return 'no';
  return requirements.every(isSure) ? 'yes' : 'unknown';
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
export const selectorText = (spec: Selecting): string =>
  [
    ...Object.entries(spec.nodeSelector ?? {}).map(([key, value]) => `${key}=${value}`),
    ...Object.entries(spec.selector?.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`),
    ...(spec.selector?.matchExpressions ?? []).flatMap(written),
  ].join(',');

/** Longer texts make no list cheaper. */
const LONGEST_COVER = 2000;

/** What a selected node certainly carries: values by key, or `undefined` where any value will do. */
const carried = (spec: Selecting): ReadonlyMap<string, readonly string[] | undefined> =>
  new Map(
    requirementsOf(spec)
      .filter(({ operator, values = [] }) =>
        operator === 'In' ? values.length > 0 : operator === 'Exists',
      )
      .map(({ key, operator, values }) => [key, operator === 'In' ? values : undefined] as const),
  );

/**
 * A selector, as text, of all nodes that any of these selects, and of few others: by a label that all of them ask for. Empty
 * text, which selects every node, where they ask for no label in common.
 */
export const coverText = (specs: readonly Selecting[]): string => {
  const [first = '', ...others] = new Set(specs.map(selectorText));
  if (others.length === 0) return first;
  const all = specs.map(carried);
  const shared = [...(all[0]?.keys() ?? [])].filter((key) => all.every((each) => each.has(key)));
  const covers = shared.map((key) => {
    const values = all.map((each) => each.get(key));
    return values.includes(undefined)
      ? key
      : `${key} in (${[...new Set(values.flatMap((each) => each ?? []))].join(',')})`;
  });
  const named = covers.filter((text) => text.includes(' in ') && text.length <= LONGEST_COVER);
  const [shortest] = named.toSorted((left, right) => left.length - right.length);
  return shortest ?? covers.find((text) => !text.includes(' in ')) ?? '';
};

/** True when some value of the label, or its absence, keeps all of these. Any other value stands for the rest. */
const canHold = (requirements: readonly Requirement[], key: string): boolean => {
  const named = requirements.flatMap(({ values = [] }) => values);
  const other = `${named.join('')}-other`;
  return [{}, ...[...named, other].map((value) => ({ [key]: value }))].some((labels) =>
    requirements.every((requirement) => holds(requirement, labels)),
  );
};

/** Labels of which the selector asks what no node can have: each is enough that nothing ever matches. */
export const contradictions = (spec: Selecting): string[] => {
  const byKey = Map.groupBy(requirementsOf(spec), ({ key }) => key);
  return [...byKey].filter(([key, all]) => !canHold(all, key)).map(([key]) => key);
};
