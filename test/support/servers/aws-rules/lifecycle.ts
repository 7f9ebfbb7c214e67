import {
  type AwsAnswer,
  type AwsRule,
  autoScalingError,
  emptyAutoScalingAnswer,
} from '../aws-answers.ts';
import type { AwsRequest } from '../aws-query.ts';

/** One CompleteLifecycleAction or RecordLifecycleActionHeartbeat that was accepted. */
export type LifecycleCall = {
  readonly group: string;
  readonly hook: string;
  readonly instanceId?: string | undefined;
  readonly token?: string | undefined;
  readonly result?: string | undefined;
};

export type LifecycleRule = {
  readonly rule: AwsRule;
  readonly completions: readonly LifecycleCall[];
  readonly heartbeats: readonly LifecycleCall[];
  /** From now on the instance waits in this state, until its action is completed. */
  readonly setLifecycleState: (instanceId: string, state: string, token?: string) => void;
};

/** A wait as AWS sees it: found again by its instance or by its token, ended once. */
type Wait = {
  readonly instanceId?: string | undefined;
  readonly token?: string | undefined;
  readonly state?: string;
};

// The tempered dot finds innermost members: in a group's answer, instances are members of a member.
const memberPattern = /<member>(?:(?!<member>).)*?<\/member>/gs;

const readCall = ({ params }: AwsRequest): LifecycleCall => ({
  group: params.get('AutoScalingGroupName') ?? '',
  hook: params.get('LifecycleHookName') ?? '',
  instanceId: params.get('InstanceId'),
  token: params.get('LifecycleActionToken'),
  result: params.get('LifecycleActionResult'),
});

const noActiveAction = ({ instanceId, token }: LifecycleCall): AwsAnswer => {
  const what = instanceId === undefined ? `token ${token}` : `instance ID ${instanceId}`;
  return autoScalingError('ValidationError', `No active Lifecycle Action found with ${what}`);
};

/**
 * Launches and terminations that wait. The emulator never lets an instance wait and answers 500 to
 * both lifecycle calls. Here a test says which instance waits; describes show it so; the first
 * completion ends the wait and, as in AWS, a second one or a late heartbeat is a ValidationError.
 * The instance then shows the emulator's own state again, whatever the completion's result was.
 */
export const createLifecycleRule = (): LifecycleRule => {
  const completions: LifecycleCall[] = [];
  const heartbeats: LifecycleCall[] = [];
  const waits: Wait[] = [];
  const ended = new Set<Wait>();

  const waitOf = ({ instanceId, token }: LifecycleCall): Wait | undefined =>
    waits.findLast(
      (wait) =>
        (instanceId !== undefined && wait.instanceId === instanceId) ||
        (token !== undefined && wait.token === token),
    );

  /** A call about a wait that no test announced is taken at its word, the first time. */
  const beginWait = ({ instanceId, token }: LifecycleCall): Wait => {
    const wait = { instanceId, token };
    waits.push(wait);
    return wait;
  };

  const answerTo = (action: string, call: LifecycleCall): AwsAnswer => {
    const isNameless = call.instanceId === undefined && call.token === undefined;
    const wait = waitOf(call) ?? beginWait(call);
    if (isNameless || ended.has(wait)) return noActiveAction(call);
    const isHeartbeat = action === 'RecordLifecycleActionHeartbeat';
    (isHeartbeat ? heartbeats : completions).push(call);
    if (!isHeartbeat) ended.add(wait);
    return emptyAutoScalingAnswer(action);
  };

  const withWaitingStates = (answer: AwsAnswer): AwsAnswer => ({
    ...answer,
    body: answer.body.replace(memberPattern, (member: string) => {
      const instanceId = /<InstanceId>([^<]+)</.exec(member)?.[1] ?? '';
      const wait = waits.findLast((each) => each.instanceId === instanceId);
      if (wait?.state === undefined || ended.has(wait)) return member;
      return member.replace(/(<LifecycleState>)[^<]*/, `$1${wait.state}`);
    }),
  });

  const rule: AwsRule = async (request, next) => {
    if (/^(CompleteLifecycleAction|RecordLifecycleActionHeartbeat)$/.test(request.action)) {
      return answerTo(request.action, readCall(request));
    }
    const answer = await next(request);
    return request.action.startsWith('DescribeAutoScaling') ? withWaitingStates(answer) : answer;
  };

  const setLifecycleState: LifecycleRule['setLifecycleState'] = (instanceId, state, token) => {
    waits.push({ instanceId, state, token });
  };

  return { rule, completions, heartbeats, setLifecycleState };
};
