import { type AwsAnswer, errorAnswer } from '../aws-answers.ts';
import type { AwsRequest } from '../aws-query.ts';

export type Faults = {
  readonly failNext: (action: string, code: string, times?: number) => void;
  readonly loseNextAnswer: (action: string) => void;
  readonly takeFailure: (request: AwsRequest) => AwsAnswer | undefined;
  readonly takeLoss: (request: AwsRequest) => boolean;
  readonly clear: () => void;
};

/**
 * Trouble on order. `failNext` refuses the next calls of an action without doing them;
 * `loseNextAnswer` does the call and then cuts the connection, so the caller cannot know that it
 * was done. The `take…` functions are the proxy's side: each fault is handed out once.
 */
export const createFaults = (): Faults => {
  const failures: { readonly action: string; readonly code: string }[] = [];
  const losses: string[] = [];

  const takeFailure: Faults['takeFailure'] = (request) => {
    const index = failures.findIndex(({ action }) => action === request.action);
    const [failure] = index < 0 ? [] : failures.splice(index, 1);
    if (failure === undefined) return undefined;
    return errorAnswer(request, failure.code, `${failure.code}, ordered by the test.`);
  };

  const takeLoss: Faults['takeLoss'] = ({ action }) => {
    const index = losses.indexOf(action);
    return index >= 0 && losses.splice(index, 1).length > 0;
  };

  return {
    failNext: (action, code, times = 1) => {
      for (let left = times; left > 0; left -= 1) failures.push({ action, code });
    },
    loseNextAnswer: (action) => losses.push(action),
    takeFailure,
    takeLoss,
    clear: () => {
      failures.length = 0;
      losses.length = 0;
    },
  };
};
