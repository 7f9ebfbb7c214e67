/** A condition of a webhook or policy, in CEL ("Matching requests: matchConditions", kubernetes.io). */
export interface MatchCondition {
  readonly name: string;
  readonly expression: string;
}

/** True for a member of the group. The name is quoted as CEL quotes strings, which is as JSON does. */
export const isMember = (group: string): string =>
  `${JSON.stringify(group)} in request.userInfo.groups`;

/** What an object without the field has in its place. */
export type Absent = '{}' | '[]' | '""' | '0' | 'false';

/** A field that may be absent, of the new object or the old one: `spec.providerID` with `""`. */
export const fieldOf = (object: 'object' | 'oldObject', path: string, absent: Absent): string =>
  `${object}.?${path.replaceAll('.', '.?')}.orValue(${absent})`;

/** True when the update changes the field. */
export const isChanged = (path: string, absent: Absent): string =>
  `${fieldOf('object', path, absent)} != ${fieldOf('oldObject', path, absent)}`;

/**
 * What the API server adds where it is not said ("MatchResources", Kubernetes API Reference). It is owned as a whole, so whoever
 * applies less than that would conflict with whoever applied it before ("Server-Side Apply", kubernetes.io).
 */
export const EVERY_OBJECT = {
  matchPolicy: 'Equivalent',
  namespaceSelector: {},
  objectSelector: {},
} as const;
