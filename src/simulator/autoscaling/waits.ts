import type { Clock } from '#core/ports/clock.ts';
import type { Random } from '../random.ts';
import type { Completion, Member, SimulatedHook, Wait, WaitEnd } from './model.ts';

interface Setting {
  readonly clock: Clock;
  readonly random: Random;
}

export type HoldResult = 'CONTINUE' | 'ABANDON' | 'CANCELLED';

const HOUR_SECONDS = 3600;

/** A wait ends after 48 hours or 100 heartbeats, whichever is sooner ("PutLifecycleHook", Auto Scaling API Reference). */
export const globalTimeoutSeconds = ({ heartbeatTimeoutSeconds }: SimulatedHook): number =>
  Math.min(48 * HOUR_SECONDS, 100 * heartbeatTimeoutSeconds);

/** Members that wait for their hooks to be completed, heartbeats and time-outs included. */
export const createWaits = ({ clock, random }: Setting) => {
  const completions: Completion[] = [];

  const end = (member: Member, wait: Wait, how: WaitEnd): void => {
    if (member.waits.get(wait.hook.name) !== wait) return;
    member.waits.delete(wait.hook.name);
    if (how !== undefined) {
      const { instanceId } = member;
      completions.push({ instanceId, hookName: wait.hook.name, ...how, at: clock.now() });
    }
    wait.resolve(how);
  };

  /** Ends the waits of a member that goes another way; nobody completed them. */
  const cancel = (member: Member): void => {
    for (const wait of [...member.waits.values()]) end(member, wait, undefined);
  };

  const watchDeadline = async (member: Member, wait: Wait): Promise<void> => {
    while (member.waits.get(wait.hook.name) === wait) {
      const left = wait.deadline - clock.now().getTime();
      if (left <= 0) end(member, wait, { result: wait.hook.defaultResult, by: 'timeout' });
      else await clock.sleep(left);
    }
  };

  const begin = (member: Member, hook: SimulatedHook, announce: (wait: Wait) => void) => {
    const { promise, resolve } = Promise.withResolvers<WaitEnd>();
    const since = clock.now().getTime();
    const deadline = since + hook.heartbeatTimeoutSeconds * 1000;
    const wait: Wait = { hook, token: random.uuid(), since, deadline, resolve };
    member.waits.set(hook.name, wait);
    announce(wait);
    void watchDeadline(member, wait);
    return promise;
  };

  return {
    completions,
    cancel,

    /** All hooks begin at once; ABANDON ends the others too ("How lifecycle hooks work"). */
    async hold(
      member: Member,
      hooks: readonly SimulatedHook[],
      announce: (wait: Wait) => void,
    ): Promise<HoldResult> {
      const begun = hooks.map((hook) => begin(member, hook, announce));
      const ends = await Promise.all(
        begun.map(async (promise) => {
          const how = await promise;
          if (how?.result === 'ABANDON') cancel(member);
          return how;
        }),
      );
      if (ends.some((how) => how?.result === 'ABANDON')) return 'ABANDON';
      return ends.includes(undefined) ? 'CANCELLED' : 'CONTINUE';
    },

    /** False when nothing waits for this hook (any more). */
    complete(member: Member, hookName: string, result: 'CONTINUE' | 'ABANDON'): boolean {
      const wait = member.waits.get(hookName);
      if (wait !== undefined) end(member, wait, { result, by: 'call' });
      return wait !== undefined;
    },

    /** Starts the heartbeat time-out anew, up to the overall limit. False when nothing waits. */
    heartbeat(member: Member, hookName: string): boolean {
      const wait = member.waits.get(hookName);
      if (wait === undefined) return false;
      const later = clock.now().getTime() + wait.hook.heartbeatTimeoutSeconds * 1000;
      wait.deadline = Math.min(later, wait.since + globalTimeoutSeconds(wait.hook) * 1000);
      return true;
    },
  };
};

export type Waits = ReturnType<typeof createWaits>;
