import { describe, expect, it } from 'vitest';
import type { Waiting } from '#core/controllers/lifecycle-hooks/plan.ts';
import { CallError } from '#core/errors.ts';
import type { ScalingProvider } from '#core/ports/scaling.ts';
import { sendHeartbeats } from '#core/scaling/send-heartbeats.ts';
import { NOW } from '#test/support/builders.ts';

const nobodyAsks = () => Promise.reject(new Error('nobody asks'));

const waitingFor = (count: number): Waiting[] =>
  Array.from({ length: count }, (_, index) => ({
    instanceId: `i-${index}`,
    hook: {
      groupName: 'workers',
      hookName: 'nodeeni-launch',
      transition: 'launching',
      heartbeatTimeoutSeconds: 120,
      notificationMetadata: '',
    },
    settings: {
      cluster: 'prod',
      completeWhen: 'Attached',
      deadlineSeconds: 900,
      onDeadline: 'ABANDON',
    },
  }));

interface World {
  readonly beginMs?: number;
  /** What a heartbeat takes. */
  readonly callMs?: number;
  /** Ids whose heartbeat is refused. */
  readonly refused?: readonly string[];
}

/** Auto Scaling whose heartbeats take time, on a clock that only they move. */
const aWorld = ({ beginMs = 0, callMs = 0, refused = [] }: World = {}) => {
  const beaten: string[] = [];
  let nowMs = beginMs;
  let atOnce = 0;
  const most = { atOnce: 0 };
  const heartbeat: ScalingProvider['heartbeat'] = async (_hook, instanceId) => {
    beaten.push(instanceId);
    atOnce += 1;
    most.atOnce = Math.max(most.atOnce, atOnce);
    await Promise.resolve();
    nowMs += callMs;
    atOnce -= 1;
    if (refused.includes(instanceId)) throw new CallError('Throttled', 'Throttling', 'slow down');
  };
  const scaling = { heartbeat } as ScalingProvider;
  const clock = { now: () => new Date(nowMs), sleep: nobodyAsks };
  return { beaten, most, given: { clock, scaling } };
};

describe('sendHeartbeats', () => {
  it('sends one heartbeat for each, ten at once at most', async () => {
    const { beaten, most, given } = aWorld();

    const heartbeats = await sendHeartbeats(waitingFor(25), given);

    expect(heartbeats).toEqual({ sent: 25, errors: [] });
    expect(new Set(beaten).size).toBe(25);
    expect(most.atOnce).toBe(10);
  });

  it('sends those of the others when some are refused, and says why once', async () => {
    const { beaten, given } = aWorld({ refused: ['i-0', 'i-2'] });

    const heartbeats = await sendHeartbeats(waitingFor(4), given);

    expect(heartbeats).toEqual({ sent: 2, errors: ['slow down'] });
    expect(beaten).toHaveLength(4);
  });

  it('ends after thirty seconds, whoever is left', async () => {
    const { beaten, given } = aWorld({ callMs: 1_000 });

    const { sent } = await sendHeartbeats(waitingFor(200), given);

    expect(sent).toBe(beaten.length);
    expect(sent).toBeGreaterThanOrEqual(30);
    expect(sent).toBeLessThanOrEqual(40);
  });

  it('begins no other once exactly thirty seconds have gone by', async () => {
    const { given } = aWorld({ callMs: 3_000 });

    const { sent } = await sendHeartbeats(waitingFor(20), given);

    // The first ten, under way together, take all of that time.
    expect(sent).toBe(10);
  });

  it('does not begin with the same ones each time', async () => {
    const first = aWorld({ beginMs: NOW.getTime() });
    const second = aWorld({ beginMs: NOW.getTime() + 7_000 });

    await sendHeartbeats(waitingFor(20), first.given);
    await sendHeartbeats(waitingFor(20), second.given);

    expect(second.beaten[0]).toBe(first.beaten[7]);
    expect(new Set(second.beaten)).toEqual(new Set(first.beaten));
  });

  it('sends nothing where nobody waits', async () => {
    expect(await sendHeartbeats([], aWorld().given)).toEqual({ sent: 0, errors: [] });
  });
});
