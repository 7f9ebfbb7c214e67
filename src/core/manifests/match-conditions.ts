/** A condition of a webhook or policy, in CEL ("Matching requests: matchConditions", kubernetes.io). */
export interface MatchCondition {
  readonly name: string;
  readonly expression: string;
}

/** True for a member of the group. The name is quoted as CEL quotes strings, which is as JSON does. */
export const isMember = (group: string): string =>
  `${JSON.stringify(group)} in request.userInfo.groups`;

/** What an object without the field has in its place. */
type Absent = '{}' | '[]' | '""' | 'false';

/** A field that may be absent, of the new object or the old one: `spec.providerID` with `""`. */
export const fieldOf = (object: 'object' | 'oldObject', path: string, absent: Absent): string =>
  `${object}.?${path.replaceAll('.', '.?')}.orValue(${absent})`;

/** True when the update changes the field. */
export const isChanged = (path: string, absent: Absent): string =>
  `${fieldOf('object', path, absent)} != ${fieldOf('oldObject', path, absent)}`;
