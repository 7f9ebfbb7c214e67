import type { HostStatus, NodeEniState, Slot } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { Backoff } from './backoff.ts';
import { desiredFrom } from './desired.ts';
import { type ActionResult, executePlan } from './execute.ts';
import type { Host } from './host.ts';
import { observeHost } from './observe.ts';
import { type HostPlan, planHost } from './plan.ts';
import type { Settings } from './settings.ts';
import { isConverged, statusFor } from './status.ts';

/** A bind shows a new state to plan from, and so does the configuration after it; more passes than this are a fight. */
const MOST_PASSES = 6;

/** Seconds after which it is worth reconciling again though no change was seen. */
const REQUEUE_AFTER_SECONDS: Readonly<Record<string, number>> = {
  WaitingForUdev: 0.02,
  LinkMissing: 1,
  Pending: 1,
  Advertising: 1,
  StillAdvertised: 1,
  WaitingForDevicePlugin: 5,
  InUse: 5,
  DeviceNotSeen: 10,
};

export interface Outcome {
  /** What is left to do. */
  readonly plan: HostPlan;
  readonly results: readonly ActionResult[];
  readonly status: Readonly<Record<Slot, HostStatus>>;
  readonly isConverged: boolean;
  /** Undefined when only a change can make a difference. */
  readonly requeueAfterSeconds?: number;
}

export interface HostController {
  /** What would be done; changes nothing. */
  plan(state: Pick<NodeEniState, 'spec' | 'status'>): Promise<HostPlan>;
  /** Brings the host as near to the object as it can be, and reads back how near that is. */
  reconcile(state: Pick<NodeEniState, 'spec' | 'status'>): Promise<Outcome>;
}

export interface Context {
  readonly host: Host;
  readonly settings: Settings;
  readonly backoff: Backoff;
  /** Aborted when the agent is to end: no further step is begun then. */
  readonly signal?: AbortSignal;
}

const nextReconcileSeconds = (
  status: Readonly<Record<Slot, HostStatus>>,
  backoff: Backoff,
): number | undefined => {
  const waits = Object.values(status).flatMap(({ configured, released, reason = '' }) =>
    configured === true || released === true ? [] : (REQUEUE_AFTER_SECONDS[reason] ?? []),
  );
  const next = [...waits, backoff.secondsToNext() ?? []].flat();
  return next.length === 0 ? undefined : Math.min(...next);
};

/** Observe, plan, execute, and again until nothing is left that can be done; then report what the last pass showed. */
export const createHostController = ({
  host,
  settings,
  backoff,
  signal,
}: Context): HostController => {
  const planFor = async (state: Pick<NodeEniState, 'spec' | 'status'>): Promise<HostPlan> => {
    const desired = desiredFrom(state);
    return planHost(desired, await observeHost(host, desired), settings);
  };

  return {
    plan: planFor,
    async reconcile(state) {
      const results: ActionResult[] = [];
      let plan = await planFor(state);
      for (let pass = 0; pass < MOST_PASSES && signal?.aborted !== true; pass += 1) {
        const outcomes = await executePlan(host, plan, backoff, signal);
        if (outcomes.length === 0) break;
        results.push(...outcomes);
        plan = await planFor(state);
      }
      const status = statusFor(plan, backoff);
      const requeueAfterSeconds = nextReconcileSeconds(status, backoff);
      return {
        plan,
        results,
        status,
        isConverged: isConverged(status),
        ...(requeueAfterSeconds === undefined ? {} : { requeueAfterSeconds }),
      };
    },
  };
};
