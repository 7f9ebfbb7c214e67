import { NODE_ENI_RULES } from '#core/apis/v1alpha1/rules.ts';
import { isRecord } from './json-value.ts';

type Check = (self: unknown) => boolean;

/** In a rule about one field `self` is that field, and the code beside the rule takes the spec around it. */
const specAround = (path: string, self: unknown): object => {
  if (path !== '') return { [path]: self };
  return isRecord(self) ? self : {};
};

/** What each CEL rule of our schemas means, by the rule's own text: true when a value keeps it. */
export const VALIDATION_RULES: ReadonlyMap<string, Check> = new Map(
  NODE_ENI_RULES.map((rule) => [
    rule.rule,
    (self: unknown) => !rule.isBroken(specAround(rule.path, self)),
  ]),
);

/** The meaning of a rule. Throws for one that has none, so that no rule is passed over in silence. */
export const checkOf = (rule: string): Check => {
  const check = VALIDATION_RULES.get(rule);
  if (check === undefined) throw new Error(`the CEL rule has no implementation here: ${rule}`);
  return check;
};
