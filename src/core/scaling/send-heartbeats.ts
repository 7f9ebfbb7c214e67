import { fromAnotherStart } from '#core/fair-start.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { LifecycleHook, ScalingProvider } from '#core/ports/scaling.ts';

/** What came of many heartbeats. */
export interface Heartbeats {
  readonly sent: number;
  /** Each failure in words, once. */
  readonly errors: readonly string[];
}

/** Auto Scaling publishes no rate for heartbeats, so no more are under way than one batch of reconciles sends. */
const MOST_AT_ONCE = 10;

/** The caller is a function of 60 s that has other things to do. */
const LONGEST_SECONDS = 30;

/** Why a launch hook is kept open, for the log. */
export const STILL_WAITING = 'its interfaces are not all ready yet';

/**
 * Sends one heartbeat for each, a few at once, until all are sent or 30 seconds have gone by. Never throws: what one is
 * refused the others still get, and those who get none get one from their own reconciles.
 */
export const sendHeartbeats = async (
  waiting: readonly { readonly hook: LifecycleHook; readonly instanceId: string }[],
  { clock, scaling }: { readonly clock: Clock; readonly scaling: ScalingProvider },
): Promise<Heartbeats> => {
  const begin = clock.now();
  const isTimeUp = () => clock.now().getTime() - begin.getTime() >= LONGEST_SECONDS * 1000;
  // Should time run out, it does not run out on the same ones each time.
  const due = fromAnotherStart(waiting, begin).values();
  const errors = new Set<string>();
  let sent = 0;

  const work = async (): Promise<void> => {
    for (const { hook, instanceId } of due) {
      if (isTimeUp()) return;
      await scaling.heartbeat(hook, instanceId, { why: STILL_WAITING }).then(
        () => {
          sent += 1;
        },
        (error: unknown) => errors.add(error instanceof Error ? error.message : String(error)),
      );
    }
  };
  await Promise.all(Array.from({ length: MOST_AT_ONCE }, work));
  return { sent, errors: [...errors] };
};
