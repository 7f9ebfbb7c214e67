import type { AwsRequest, AwsService } from './aws-query.ts';

/** One EC2 or Auto Scaling call; `at` is when it came in, in milliseconds since 1970. */
export type AwsCall = {
  readonly service: AwsService;
  readonly action: string;
  readonly params: ReadonlyMap<string, string>;
  readonly at: number;
};

/** Told of each call when it is done and before its caller hears of it; the caller waits for it. */
export type AwsCallListener = (call: AwsCall, status: number) => void | Promise<void>;

export type AwsCallLog = {
  readonly calls: readonly AwsCall[];
  readonly counts: () => Readonly<Record<string, number>>;
  readonly onCall: (listener: AwsCallListener) => () => void;
};

/**
 * What came through the proxy. Out: the log that tests read, and the proxy's own side of it:
 * `begin` notes a call, `end` tells the listeners how it went.
 */
export const createCallLog = () => {
  const calls: AwsCall[] = [];
  const listeners = new Set<AwsCallListener>();

  const log: AwsCallLog = {
    calls,
    counts: () => {
      const counts: Record<string, number> = {};
      for (const { action } of calls) counts[action] = (counts[action] ?? 0) + 1;
      return counts;
    },
    onCall: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };

  const begin = ({ service, action, params }: AwsRequest): AwsCall => {
    const call = { service, action, params, at: Date.now() };
    calls.push(call);
    return call;
  };

  const end = async (call: AwsCall, status: number): Promise<void> => {
    for (const listener of listeners) await listener(call, status);
  };

  const clear = (): void => {
    calls.length = 0;
  };

  return { log, begin, end, clear };
};
