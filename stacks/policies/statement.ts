/** One statement of an IAM policy ("IAM JSON policy elements: Statement"). */
export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<
    Record<string, Readonly<Record<string, string | readonly string[]>>>
  >;
}

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
