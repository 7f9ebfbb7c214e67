import type { HostStatus, Slot } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { HostState } from './parse-state.ts';
import { hostPatch } from './status.ts';
import { withSteadyUsage } from './steady-usage.ts';

/** Where the status goes. */
export interface StatusSink {
  patchHost(patch: Readonly<Record<string, unknown>>): Promise<void>;
}

export interface StatusReporter {
  /** Writes what differs from what the API server has, and nothing else. Rejects when the write fails. */
  report(state: HostState, status: Readonly<Record<Slot, HostStatus>>): Promise<void>;
}

/** Compares with the newest of what the object said and what was reported since. */
export const createStatusReporter = (sink: StatusSink): StatusReporter => {
  let reported:
    | { readonly state: HostState; readonly status: Readonly<Record<Slot, HostStatus>> }
    | undefined;
  return {
    async report(state, status) {
      // A newer object holds whatever was reported before, and what others made of it.
      const known = reported?.state === state ? reported.status : state.status?.host;
      const told = withSteadyUsage(state.spec, known, status);
      const patch = hostPatch(known, told);
      if (patch === undefined) return;
      await sink.patchHost(patch);
      reported = { state, status: told };
    },
  };
};
