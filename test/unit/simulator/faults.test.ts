import { describe, expect, it } from 'vitest';
import { ec2Error } from '#simulator/ec2/errors.ts';
import { createFaultTable, type Fault, Wire } from '#simulator/faults.ts';
import { createRandom } from '#simulator/random.ts';
import { VirtualClock } from '#simulator/virtual-clock.ts';

interface Options {
  readonly latencyMs?: number;
  readonly onCall?: (action: string) => Fault | undefined;
}

/** A service that keeps names, behind a wire. */
const setUp = (options: Options = {}) => {
  const clock = new VirtualClock(new Date(0));
  const wire = new Wire({
    clock,
    makeError: (name, message) => Object.assign(new Error(message), { name }),
    ...options,
  });
  const kept: string[] = [];
  const api = wire.wrap({
    keepName: async ({ name }: { readonly name: string }) => {
      if (kept.includes(name)) throw Object.assign(new Error(name), { name: 'Taken' });
      kept.push(name);
      return { count: kept.length };
    },
    describeNames: async (_: object) => ({ names: [...kept] }),
  });
  const logged = () => wire.log.calls.map(({ action, errorCode }) => [action, errorCode]);
  return { clock, wire, api, kept, logged };
};

const TIME_OUT = { name: 'TimeoutError' };

describe('a wire without trouble', () => {
  it('passes input, answer and refusal through and logs every call with its time', async () => {
    const { clock, wire, api } = setUp();
    await clock.advanceBy(500);

    const answer = await api.keepName({ name: 'a' });

    expect(answer).toEqual({ count: 1 });
    await expect(api.keepName({ name: 'a' })).rejects.toMatchObject({ name: 'Taken' });
    expect(wire.log.calls).toMatchObject([
      { action: 'KeepName', input: { name: 'a' }, at: new Date(500) },
      { action: 'KeepName', input: { name: 'a' }, at: new Date(500), errorCode: 'Taken' },
    ]);
  });

  it('takes its time before the effect', async () => {
    const { clock, api, kept } = setUp({ latencyMs: 100 });

    const call = api.keepName({ name: 'a' });
    await clock.advanceBy(99);
    const before = [...kept];
    await clock.advanceBy(1);

    expect([before, kept]).toEqual([[], ['a']]);
    expect(await call).toEqual({ count: 1 });
  });
});

describe('a request', () => {
  it('has an id, which its answer and its refusal name as the SDK does', async () => {
    const clock = new VirtualClock();
    const wire = new Wire({ clock, makeError: ec2Error });
    const api = wire.wrap({ renew: async (_: object) => ({ $metadata: {} }) });
    wire.failNext('Renew', { code: 'AccessDenied' });
    wire.failNextAfterEffect('Renew');

    const refusal: unknown = await api.renew({}).catch((error: unknown) => error);
    const lost: unknown = await api.renew({}).catch((error: unknown) => error);
    const answer = await api.renew({});

    const [first, , third] = wire.log.calls.map(({ requestId }) => requestId);
    expect(refusal).toMatchObject({ $metadata: { requestId: first } });
    expect(lost).not.toHaveProperty('$metadata.requestId');
    expect(answer).toEqual({ $metadata: { requestId: third } });
    expect(third).not.toBe(first);
  });
});

describe('a fault', () => {
  it('before the effect refuses one call of its action and changes nothing', async () => {
    const { wire, api, kept, logged } = setUp();
    wire.failNext('KeepName', { code: 'Denied', message: 'not you' });

    await api.describeNames({});
    const refused = api.keepName({ name: 'a' });

    await expect(refused).rejects.toMatchObject({ name: 'Denied', message: 'not you' });
    expect(kept).toEqual([]);
    await api.keepName({ name: 'a' });
    expect(logged()).toEqual([
      ['DescribeNames', undefined],
      ['KeepName', 'Denied'],
      ['KeepName', undefined],
    ]);
  });

  it('after the effect loses only the answer', async () => {
    const { wire, api, kept, logged } = setUp();
    wire.failNextAfterEffect('KeepName');

    await expect(api.keepName({ name: 'a' })).rejects.toMatchObject(TIME_OUT);
    expect(kept).toEqual(['a']);
    expect(logged()).toEqual([['KeepName', undefined]]);
  });

  it('after the effect does not hide that there was none', async () => {
    const { wire, api } = setUp();
    await api.keepName({ name: 'a' });
    wire.failNextAfterEffect('KeepName');

    await expect(api.keepName({ name: 'a' })).rejects.toMatchObject({ name: 'Taken' });
  });

  it('comes in the order it was asked for, and one a call', async () => {
    const { wire, api } = setUp();
    wire.failNext('KeepName', { code: 'First' });
    wire.failNext('KeepName', { code: 'Second' });

    const answers = await Promise.allSettled(['a', 'b', 'c'].map((name) => api.keepName({ name })));

    expect(answers).toMatchObject([
      { reason: { name: 'First' } },
      { reason: { name: 'Second' } },
      { value: { count: 1 } },
    ]);
  });

  it('may be that a call hangs for ever, without effect', async () => {
    const { clock, wire, api, kept, logged } = setUp();
    wire.hangNext('KeepName');
    const ends: unknown[] = [];

    void api.keepName({ name: 'a' }).finally(() => ends.push('ended'));
    await clock.advanceBy(3_600_000);

    expect([ends, kept]).toEqual([[], []]);
    expect(logged()).toEqual([['KeepName', 'TimeoutError']]);
  });

  it('may be that nobody answers until the service is reachable again', async () => {
    const { wire, api, kept } = setUp();

    wire.setUnreachable(true);
    await expect(api.describeNames({})).rejects.toMatchObject(TIME_OUT);
    await expect(api.keepName({ name: 'a' })).rejects.toMatchObject(TIME_OUT);
    wire.setUnreachable(false);

    expect(kept).toEqual([]);
    expect(await api.keepName({ name: 'a' })).toEqual({ count: 1 });
  });

  it('of an order goes before one of a campaign', async () => {
    const { wire, api } = setUp({
      onCall: (action) => (action === 'KeepName' ? { code: 'Campaign' } : undefined),
    });
    wire.failNext('KeepName', { code: 'Order' });

    await expect(api.keepName({ name: 'a' })).rejects.toMatchObject({ name: 'Order' });
    await expect(api.keepName({ name: 'a' })).rejects.toMatchObject({
      name: 'Campaign',
      message: 'Campaign',
    });
    expect(await api.describeNames({})).toEqual({ names: [] });
  });
});

describe('a crash', () => {
  it('comes once, after so many changes have taken effect, whatever is read or refused between', async () => {
    const { wire, api, kept } = setUp();
    const keptAtCrash: string[][] = [];
    wire.crashAfter(2, () => keptAtCrash.push([...kept]));

    await api.keepName({ name: 'a' });
    await api.describeNames({});
    await api.keepName({ name: 'a' }).catch(() => undefined);
    const before = keptAtCrash.length;
    await api.keepName({ name: 'b' });
    await api.keepName({ name: 'c' });

    expect(before).toBe(0);
    expect(keptAtCrash).toEqual([['a', 'b']]);
  });

  it('comes before the answer of the last change', async () => {
    const { wire, api } = setUp();
    const order: string[] = [];
    wire.crashAfter(1, () => order.push('crash'));

    await api.keepName({ name: 'a' }).then(() => order.push('answer'));

    expect(order).toEqual(['crash', 'answer']);
  });
});

describe('createFaultTable', () => {
  const LOST: Fault = { code: 'Lost', isAfterEffect: true };
  const DENIED: Fault = { code: 'Denied' };

  const faultsOf = (seed: number, action: string, calls = 1000) => {
    const table = createFaultTable(createRandom(seed), [
      { action: 'KeepName', probability: 0.2, fault: LOST },
      { probability: 0.1, fault: DENIED },
    ]);
    return Array.from({ length: calls }, () => table(action)?.code);
  };

  it('gives the same faults for the same seed and others for another', () => {
    expect(faultsOf(1, 'KeepName')).toEqual(faultsOf(1, 'KeepName'));
    expect(faultsOf(1, 'KeepName')).not.toEqual(faultsOf(2, 'KeepName'));
  });

  it('lets calls fail about as often as told, each action by its own rates and those of all', () => {
    const shareOf = (action: string, code: string) =>
      faultsOf(1, action, 10_000).filter((fault) => fault === code).length / 10_000;

    expect(shareOf('KeepName', 'Lost')).toBeCloseTo(0.2, 1);
    expect(shareOf('KeepName', 'Denied')).toBeCloseTo(0.08, 1);
    expect(shareOf('DescribeNames', 'Lost')).toBe(0);
    expect(shareOf('DescribeNames', 'Denied')).toBeCloseTo(0.1, 1);
  });

  it('lets nothing fail at a rate of nought and everything at a rate of one', () => {
    const at = (probability: number) =>
      createFaultTable(createRandom(1), [{ probability, fault: DENIED }]);
    const [never, always] = [at(0), at(1)];

    expect(Array.from({ length: 100 }, () => never('KeepName'))).not.toContain(DENIED);
    expect(new Set(Array.from({ length: 100 }, () => always('KeepName')))).toEqual(
      new Set([DENIED]),
    );
  });
});
