import { describe, expect, it } from 'vitest';
import { OUR_HOOK, setUp } from './scaling-setting.ts';

describe('completing a lifecycle action', () => {
  it.each(['CONTINUE', 'ABANDON'] as const)('ends the wait with %s', async (result) => {
    const { autoScaling, provider, first } = await setUp();

    const outcome = await provider.complete(OUR_HOOK, first, result, { why: 'a test asks for it' });

    expect(outcome).toBe('completed');
    expect(autoScaling.completions).toEqual([
      expect.objectContaining({ instanceId: first, hookName: 'launch', result, by: 'call' }),
    ]);
  });

  it('is done already when nobody waits any more', async () => {
    const { provider, first } = await setUp();
    await provider.complete(OUR_HOOK, first, 'CONTINUE', { why: 'a test asks for it' });

    const outcome = await provider.complete(OUR_HOOK, first, 'CONTINUE', {
      why: 'a test asks for it',
    });

    expect(outcome).toBe('already-completed');
  });

  it('fails when it may have had no effect', async () => {
    const { autoScaling, provider, first } = await setUp();
    autoScaling.wire.failNext('CompleteLifecycleAction', { code: 'AccessDenied' });

    await expect(
      provider.complete(OUR_HOOK, first, 'CONTINUE', { why: 'a test asks for it' }),
    ).rejects.toMatchObject({
      failure: 'Denied',
      code: 'AccessDenied',
    });
  });
});

describe('a heartbeat', () => {
  it('holds the wait open past its first time-out', async () => {
    const { clock, autoScaling, provider, first } = await setUp();

    await clock.advanceBy(250_000);
    await provider.heartbeat(OUR_HOOK, first, { why: 'a test asks for it' });
    await clock.advanceBy(250_000);
    const waitsStill = autoScaling.completions.length === 0;
    await clock.advanceBy(100_000);

    expect(waitsStill).toBe(true);
    expect(autoScaling.completions).toMatchObject([{ result: 'ABANDON', by: 'timeout' }]);
  });

  it('is no failure when nobody waits any more', async () => {
    const { provider } = await setUp();

    await expect(
      provider.heartbeat(OUR_HOOK, 'i-gone', { why: 'a test asks for it' }),
    ).resolves.toBeUndefined();
  });

  it('fails when Auto Scaling refuses it for another reason', async () => {
    const { autoScaling, provider, first } = await setUp();
    autoScaling.wire.failNext('RecordLifecycleActionHeartbeat', { code: 'Throttling' });

    await expect(
      provider.heartbeat(OUR_HOOK, first, { why: 'a test asks for it' }),
    ).rejects.toMatchObject({
      failure: 'Throttled',
    });
  });
});
