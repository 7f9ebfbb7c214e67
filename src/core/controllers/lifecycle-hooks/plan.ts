import type { LifecycleHook } from '#core/ports/scaling.ts';
import type { InstanceReadiness, Unready } from '#core/readiness.ts';
import { readinessFor } from '#core/scaling/holding.ts';
import type { HookSettings } from '#core/scaling/hook-metadata.ts';
import type { HookAction } from './actions.ts';

/** An instance that Auto Scaling holds back for one of our hooks. */
export interface Waiting {
  readonly instanceId: string;
  readonly hook: LifecycleHook;
  readonly settings: HookSettings;
  /** Absent while EC2 does not show the instance. */
  readonly launchTime?: Date;
}

/**
 * What time will not change for this very instance: waiting on is pointless. That every place is in use is not among them, since the
 * VPC CNI takes some at the start of a node and gives them back later (amazon-vpc-cni-k8s README, WARM_ENI_TARGET).
 */
const TERMINAL_REASONS = new Set([
  'TooManyInterfaces',
  'NetworkCardNotFound',
  'DeviceIndexOutOfRange',
  'TooManyAddresses',
  'UnsupportedNode',
]);

const inWords = ([first, ...others]: readonly Unready[]): string =>
  first === undefined
    ? ''
    : `${first.slot}: ${first.message}${others.length > 0 ? ` And ${others.length} more.` : ''}`;

/** From this part of the deadline on, a launch that still waits is worth a person's look. */
const LATE_SHARE = 2 / 3;

/** Whether this part of the time until the deadline has gone by. */
const hasPassed = (share: number, { launchTime, settings }: Waiting, now: Date): boolean =>
  launchTime !== undefined &&
  now.getTime() - launchTime.getTime() >= share * settings.deadlineSeconds * 1000;

/**
 * Whether a heartbeat may keep this wait open: that of a launch, until its deadline. A terminate hook is left to expire when
 * we cannot work, since the instance ends all the same; and a launch past its deadline is completed or left to time out.
 */
export const mayHeartbeat = (waiting: Waiting, now: Date): boolean =>
  waiting.hook.transition === 'launching' && !hasPassed(1, waiting, now);

const planLaunch = (waiting: Waiting, all: InstanceReadiness, now: Date): HookAction => {
  const { instanceId, hook, settings } = waiting;
  const readiness = readinessFor(settings, all);
  const missing =
    settings.completeWhen === 'Configured'
      ? [...readiness.unattached, ...readiness.unconfigured]
      : readiness.unattached;

  if (readiness.isKnown && missing.length === 0)
    return {
      type: 'complete',
      instanceId,
      hook,
      result: 'CONTINUE',
      why: 'Every interface is there.',
    };
  const hopeless = missing.filter(({ reason }) => TERMINAL_REASONS.has(reason));
  if (hopeless.length > 0)
    return {
      type: 'complete',
      instanceId,
      hook,
      result: settings.onDeadline,
      why: `Cannot become ready. ${inWords(hopeless)}`,
    };
  const why = readiness.isKnown ? inWords(missing) : 'The labels of the node are not known yet.';
  if (hasPassed(1, waiting, now))
    return {
      type: 'complete',
      instanceId,
      hook,
      result: settings.onDeadline,
      why: `Not ready ${settings.deadlineSeconds} s after launch. ${why}`,
    };
  return { type: 'wait', instanceId, hook, isLate: hasPassed(LATE_SHARE, waiting, now), why };
};

// The instance ends either way: all that matters is that its ENIs end with it where they are meant to.
const planTerminate = ({ instanceId, hook }: Waiting, readiness: InstanceReadiness): HookAction =>
  readiness.isFlagPending
    ? {
        type: 'wait',
        instanceId,
        hook,
        isLate: false,
        why: 'It is not known yet that each delete-on-termination flag is as asked for.',
      }
    : {
        type: 'complete',
        instanceId,
        hook,
        result: 'CONTINUE',
        why: 'The interfaces end with the instance.',
      };

/**
 * Decides about one waiting instance ("How lifecycle hooks work", Amazon EC2 Auto Scaling User Guide).
 * While the labels are unknown a launch never continues before its deadline: it would join without its interfaces.
 */
export const planHook = (waiting: Waiting, readiness: InstanceReadiness, now: Date): HookAction =>
  waiting.hook.transition === 'launching'
    ? planLaunch(waiting, readiness, now)
    : planTerminate(waiting, readiness);
