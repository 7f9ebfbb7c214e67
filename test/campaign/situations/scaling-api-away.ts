import type { Situation } from './situation.ts';

/** The Auto Scaling API is throttled for the account, or denied, in whole (keikoproj/upgrade-manager#142). */
export const scalingApiAway: Situation = ({ trouble, clock }, { forSeconds, way }) =>
  trouble.refuse({
    untilMs: clock.now().getTime() + forSeconds * 1000,
    autoScaling: () => ({ code: way < 0.5 ? 'ThrottlingException' : 'AccessDenied' }),
  });
