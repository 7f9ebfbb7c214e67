import type { RequestBudget } from '#core/ec2/request-budget.ts';
import { classifyEc2Error } from './errors.ts';

/**
 * Makes calls of EC2 that ask the request budget first. In: the action's name and the call. Rejects with a classified `CallError`;
 * the budget learns of each throttle.
 */
export const withinBudget =
  (budget: RequestBudget) =>
  async <T>(action: string, call: () => Promise<T>): Promise<T> => {
    await budget.take(action);
    try {
      return await call();
    } catch (error) {
      const classified = classifyEc2Error(action, error);
      if (classified.failure === 'Throttled') budget.noteThrottled(action);
      throw classified;
    }
  };
