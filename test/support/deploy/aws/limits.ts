import { UNKNOWN } from '../argument-faults.ts';
import type { Properties } from '../provider.ts';

type Rule = (value: unknown) => boolean;

export const isWithin =
  (least: number, most: number): Rule =>
  (value) =>
    typeof value === 'number' && value >= least && value <= most;

export const isNoLongerThan =
  (most: number): Rule =>
  (value) =>
    String(value).length <= most;

export const matches =
  (pattern: RegExp): Rule =>
  (value) =>
    pattern.test(String(value));

/** An ARN of a service, in the account and partition of the deploy. */
export const isArnOf = (service: string, resource: string): Rule =>
  matches(new RegExp(`^arn:aws:${service}:[a-z0-9-]*:\\d{12}:${resource}`));

/** Which properties break their rule. What is not given or not known yet breaks none. */
export const refusalsOf = (
  inputs: Properties,
  rules: Readonly<Record<string, Rule>>,
): readonly string[] =>
  Object.entries(rules).flatMap(([name, rule]) => {
    const value = inputs[name];
    if (value === undefined || value === UNKNOWN || rule(value)) return [];
    return [`AWS does not take ${JSON.stringify(value)} for ${name}`];
  });
