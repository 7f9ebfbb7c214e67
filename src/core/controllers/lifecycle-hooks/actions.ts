import type { LifecycleHook, LifecycleResult } from '#core/ports/scaling.ts';

/** What to tell Auto Scaling about one waiting instance, and why, in a sentence for the log. */
export type HookAction =
  | {
      readonly type: 'complete';
      readonly instanceId: string;
      readonly hook: LifecycleHook;
      readonly result: LifecycleResult;
      readonly why: string;
    }
  | {
      readonly type: 'wait';
      readonly instanceId: string;
      readonly hook: LifecycleHook;
      /** True when the deadline is so near that a person should look. */
      readonly isLate: boolean;
      readonly why: string;
    };
