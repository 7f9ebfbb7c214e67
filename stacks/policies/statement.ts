import type { Statement } from '#core/manifests/policy-statement.ts';

/** Where this installation lives, as ARNs spell it. */
export interface Place {
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
}

/** ARN of something of this account and region. */
export const arnOf = (
  { partition, region, accountId }: Place,
  service: string,
  resource: string,
): string => `arn:${partition}:${service}:${region}:${accountId}:${resource}`;

/** A statement of a policy that stands at a resource, and so says who may. */
export interface ResourceStatement extends Omit<Statement, 'Resource'> {
  readonly Principal: { readonly Service: string };
  readonly Resource?: readonly string[];
}

export const documentOf = (statements: readonly (Statement | ResourceStatement)[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });
