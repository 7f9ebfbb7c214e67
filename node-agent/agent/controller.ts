import type { HostStatus, Slot } from '#core/apis/v1alpha1/node-eni-state.ts';
import { canonicalJson } from '#core/json.ts';
import type { Backoff } from './backoff.ts';
import { desiredFrom } from './desired.ts';
import { type ActionResult, executePlan } from './execute.ts';
import type { Host } from './host.ts';
import { observeHost } from './observe.ts';
import type { HostState } from './parse-state.ts';
import { type HostPlan, planHost } from './plan.ts';
import type { Settings } from './settings.ts';
import { isAsAsked, isConverged, isWaitingForUdev, statusFor } from './status.ts';

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
  DefaultRoute: 10,
  // networkd writes its state some time after it has left a link.
  StillManaged: 10,
  DeviceNotSeen: 10,
};

/** While one of these is found, the node does not offer everything yet. */
const OFFER_FINDINGS = ['Advertising', 'WaitingForDevicePlugin'];

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
  plan(state: HostState): Promise<HostPlan>;
  /** Brings the host as near to the object as it can be, and reads back how near that is. */
  reconcile(state: HostState): Promise<Outcome>;
}

export interface Context {
  readonly host: Host;
  readonly settings: Settings;
  readonly backoff: Backoff;
  /** Aborted when the agent is to end: no further step is begun then. */
  readonly signal?: AbortSignal;
}

const nextReconcileSeconds = (
  { slots }: HostPlan,
  status: Readonly<Record<Slot, HostStatus>>,
  backoff: Backoff,
): number | undefined => {
  const reasons = [
    ...Object.values(status).flatMap(({ reason = '', ...host }) =>
      isAsAsked(host) && reason !== 'StillManaged' ? [] : reason,
    ),
    // A failure may be told in its place.
    ...(slots.some(isWaitingForUdev) ? ['WaitingForUdev'] : []),
  ];
  const waits = reasons.flatMap((reason) => REQUEUE_AFTER_SECONDS[reason] ?? []);
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
  /** What the node was seen to offer; it is asked again only when something else is to be offered. */
  let seenOffered: string | undefined;

  const planFor = async (state: HostState): Promise<HostPlan> => {
    const desired = desiredFrom(state);
    const observed = await observeHost(host, desired);
    const plan = planHost(desired, observed, settings);
    const offered = canonicalJson(plan.offered);
    const isAwaited = offered !== seenOffered || plan.plugin.length > 0;
    if (host.cluster === undefined || Object.keys(plan.offered).length === 0 || !isAwaited)
      return plan;
    const allocatable = await host.cluster.allocatable();
    const informed = planHost(
      desired,
      { ...observed, ...(allocatable && { allocatable }) },
      settings,
    );
    const waits = informed.slots.some(({ finding }) =>
      OFFER_FINDINGS.includes(finding?.reason ?? ''),
    );
    seenOffered = waits ? undefined : offered;
    return informed;
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
      const requeueAfterSeconds = nextReconcileSeconds(plan, status, backoff);
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
