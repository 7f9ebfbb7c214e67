import type { RequestBudget } from '#core/ec2/request-budget.ts';
import { CallError } from '#core/errors.ts';
import { restAskedBy } from '../classify.ts';
import { classifyEc2Error } from './errors.ts';

/**
 * Makes calls of EC2 that ask the request budget first. In: the action's name and the call. Rejects with a classified `CallError`;
 * the budget learns of each
 * throttle, and says when to try again.
 */
export const withinBudget =
  (budget: RequestBudget) =>
  async <T>(action: string, call: () => Promise<T>): Promise<T> => {
    await budget.take(action);
    try {
      return await call();
    } catch (error) {
      const classified = classifyEc2Error(action, error);
      if (classified.failure !== 'Throttled') throw classified;
      const { failure, code, message, attempts } = classified;
      const retryAfterSeconds = budget.noteThrottled(action, restAskedBy(error));
      throw new CallError(failure, code, message, { cause: error, attempts, retryAfterSeconds });
    }
  };
