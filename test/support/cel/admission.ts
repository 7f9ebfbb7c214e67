import { Environment } from '@marcbachmann/cel-js';
import { celValue } from './value.ts';

interface Expression {
  readonly name?: string;
  readonly expression: string;
}

/** Which writes a webhook or a policy is for. */
export interface Rules {
  readonly apiGroups: readonly string[];
  readonly apiVersions: readonly string[];
  readonly operations: readonly string[];
  readonly resources: readonly string[];
}

/** A write, as the API server shows it to a condition. */
export interface Reviewed {
  readonly request: {
    readonly resource: {
      readonly group: string;
      readonly version: string;
      readonly resource: string;
    };
    readonly subResource?: string;
    readonly operation: string;
    readonly dryRun?: boolean;
    readonly userInfo: {
      readonly username: string;
      readonly groups: readonly string[];
      readonly extra?: Readonly<Record<string, readonly string[]>>;
    };
  };
  readonly object: unknown;
  readonly oldObject: unknown;
}

export interface PolicySpec {
  readonly matchConstraints: { readonly resourceRules: readonly Rules[] };
  readonly matchConditions: readonly Expression[];
  readonly variables?: readonly (Expression & { readonly name: string })[];
  readonly validations: readonly (Expression & { readonly message: string })[];
}

/**
 * What a condition knows: the request by its type, the objects as they come ("Matching requests: matchConditions",
 * "Validating Admission Policy", kubernetes.io).
 */
const createEnvironment = (): Environment =>
  new Environment({ enableOptionalTypes: true })
    .registerType('Resource', {
      fields: { group: 'string', version: 'string', resource: 'string' },
    })
    .registerType('UserInfo', {
      fields: {
        username: 'string',
        groups: 'list<string>',
        extra: 'map<string, list<string>>',
      },
    })
    .registerType('Request', {
      fields: {
        resource: 'Resource',
        subResource: 'string',
        operation: 'string',
        dryRun: 'bool',
        userInfo: 'UserInfo',
      },
    })
    .registerVariable('request', 'Request')
    .registerVariable('object', 'dyn')
    .registerVariable('oldObject', 'dyn')
    .registerVariable('variables', 'map<string, dyn>');

const contextOf = ({ request, object, oldObject }: Reviewed): Record<string, unknown> => {
  const { resource, subResource = '', operation, dryRun, userInfo } = request;
  return celValue({
    request: {
      resource,
      subResource,
      operation,
      dryRun,
      userInfo: { extra: {}, ...userInfo },
    },
    object,
    oldObject,
  }) as Record<string, unknown>;
};

/** Throws for an expression that a server would not take: one that is no bool by its types. */
const holds = ({ expression }: Expression, context: Record<string, unknown>): boolean => {
  const environment = createEnvironment();
  const { valid, type, error } = environment.check(expression);
  if (!valid || type !== 'bool') throw error ?? new Error(`not a bool but ${type}: ${expression}`);
  return environment.evaluate(expression, context) === true;
};

const isFor = (
  { apiGroups, apiVersions, operations, resources }: Rules,
  { request: { resource: target, subResource, operation } }: Reviewed,
): boolean =>
  apiGroups.includes(target.group) &&
  apiVersions.includes(target.version) &&
  operations.includes(operation) &&
  resources.includes(
    subResource === undefined ? target.resource : `${target.resource}/${subResource}`,
  );

/** Whether a webhook with these rules and conditions is called for a write. */
export const isCalled = (
  webhook: { readonly rules: readonly Rules[]; readonly matchConditions: readonly Expression[] },
  write: Reviewed,
): boolean =>
  webhook.rules.some((rules) => isFor(rules, write)) &&
  webhook.matchConditions.every((condition) => holds(condition, contextOf(write)));

/** Why a policy refuses a write: the messages of all validations that do not hold. */
export const refusalsOf = (
  { matchConstraints, matchConditions, variables = [], validations }: PolicySpec,
  write: Reviewed,
): readonly string[] => {
  const context = contextOf(write);
  if (!matchConstraints.resourceRules.some((rules) => isFor(rules, write))) return [];
  if (!matchConditions.every((condition) => holds(condition, context))) return [];
  const known: Record<string, unknown> = {};
  for (const { name, expression } of variables)
    known[name] = createEnvironment().evaluate(expression, { ...context, variables: known });
  return validations
    .filter((validation) => !holds(validation, { ...context, variables: known }))
    .map(({ message }) => message);
};
