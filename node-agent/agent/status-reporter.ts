import type { HostStatus, Slot } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { HostState } from './parse-state.ts';
import { hostPatch } from './status.ts';

/** Where the status goes. */
export interface StatusSink {
  patchHost(patch: Readonly<Record<string, unknown>>): Promise<void>;
}

export interface StatusReporter {
  /** Tells the API server what differs from what it has, and nothing else. Rejects when it cannot be told. */
  report(state: HostState, status: Readonly<Record<Slot, HostStatus>>): Promise<void>;
}

/** Compares with the newest of what the object said and what was told since. */
export const createStatusReporter = (sink: StatusSink): StatusReporter => {
  let told:
    | { readonly state: HostState; readonly status: Readonly<Record<Slot, HostStatus>> }
    | undefined;
  return {
    async report(state, status) {
      // A newer object holds whatever was told before, and what others made of it.
      const known = told?.state === state ? told.status : state.status?.host;
      const patch = hostPatch(known, status);
      if (patch === undefined) return;
      await sink.patchHost(patch);
      told = { state, status };
    },
  };
};
