import { answered } from '../kubernetes/connection-errors.ts';
import type { LambdaApi } from './lambda-api.ts';

/** How many executions at once an account may have in a region. */
export interface Concurrency {
  readonly most: number;
  /** Of those, how many no function has reserved. */
  readonly unreserved: number;
}

/** What Lambda says of the account ("GetAccountSettings", AWS Lambda API Reference). Throws `CallError`. */
export const readConcurrency = async (lambda: LambdaApi): Promise<Concurrency> => {
  const { AccountLimit } = await answered('GetAccountSettings', lambda.getAccountSettings());
  return {
    most: AccountLimit?.ConcurrentExecutions ?? 0,
    unreserved: AccountLimit?.UnreservedConcurrentExecutions ?? 0,
  };
};
