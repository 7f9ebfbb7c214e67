import type { NodeEniSpec } from './node-eni.ts';

type Labels = Readonly<Record<string, string>>;
type Selecting = Pick<NodeEniSpec, 'nodeSelector' | 'selector'>;

/** A label as one word: `key=value`, or `key` alone for a label of any value. No key has an equals sign. */
type Term = string;

const termOf = (key: string, value: string): Term => `${key}=${value}`;

const termsOfLabels = (labels: Labels): Term[] =>
  Object.entries(labels).flatMap(([key, value]) => [termOf(key, value), key]);

/** Of each list a selected node carries one term. What a node must not carry says nothing of where to find it. */
const choicesOf = ({ nodeSelector, selector }: Selecting): Term[][] => [
  ...[nodeSelector, selector?.matchLabels].flatMap((labels = {}) =>
    Object.entries(labels).map(([key, value]) => [termOf(key, value)]),
  ),
  ...(selector?.matchExpressions ?? []).flatMap(({ key, operator, values = [] }) => {
    if (operator === 'In') return [[...new Set(values)].map((value) => termOf(key, value))];
    return operator === 'Exists' ? [[key]] : [];
  }),
];

const leastUsed = (
  choices: readonly Term[][],
  uses: (term: Term) => number,
): readonly Term[] | undefined => {
  const total = (terms: readonly Term[]) => terms.reduce((sum, term) => sum + uses(term), 0);
  return choices
    .map((terms) => ({ terms, sum: total(terms) }))
    .reduce<{ terms: readonly Term[]; sum: number } | undefined>(
      (least, choice) => (least === undefined || choice.sum < least.sum ? choice : least),
      undefined,
    )?.terms;
};

const countOf = (terms: Iterable<Term>): ReadonlyMap<Term, number> => {
  const counts = new Map<Term, number>();
  for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
  return counts;
};

/**
 * Finds by a node's labels the few of many selectors that can select it, in their order: each is kept under the rarest label
 * that it asks for. Those that only say what a node must not carry are found by every node. Whether one that is found
 * does select is still to be asked.
 */
export const createSelectorIndex = <T>(
  items: readonly T[],
  selecting: (item: T) => Selecting,
): ((labels: Labels) => T[]) => {
  const choices = items.map((item) => choicesOf(selecting(item)));
  const counts = countOf(choices.flat(2));
  const byTerm = new Map<Term, number[]>();
  const everywhere: number[] = [];
  choices.forEach((choice, position) => {
    const terms = leastUsed(choice, (term) => counts.get(term) ?? 0);
    if (terms === undefined) everywhere.push(position);
    for (const term of terms ?? []) {
      const positions = byTerm.get(term);
      if (positions === undefined) byTerm.set(term, [position]);
      else positions.push(position);
    }
  });
  return (labels) => {
    const found = [
      ...everywhere,
      ...termsOfLabels(labels).flatMap((term) => byTerm.get(term) ?? []),
    ];
    return [...new Set(found)]
      .toSorted((left, right) => left - right)
      .flatMap((position) => items[position] as T);
  };
};

/** Finds by a selector the few of many labelled things that it can select, in their order; the other way round. */
export const createLabelIndex = <T extends { readonly labels: Labels }>(
  items: readonly T[],
): ((selecting: Selecting) => readonly T[]) => {
  const byTerm = new Map<Term, T[]>();
  for (const item of items)
    for (const term of termsOfLabels(item.labels)) {
      const found = byTerm.get(term);
      if (found === undefined) byTerm.set(term, [item]);
      else found.push(item);
    }
  return (selecting) => {
    const terms = leastUsed(choicesOf(selecting), (term) => byTerm.get(term)?.length ?? 0);
    return terms === undefined ? items : terms.flatMap((term) => byTerm.get(term) ?? []);
  };
};
