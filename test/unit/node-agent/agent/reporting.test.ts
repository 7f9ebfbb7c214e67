import { describe, expect, it } from 'vitest';
import { createReporting } from '#node-agent/agent/reporting.ts';

const pending = () => Promise.withResolvers<void>();

const setUp = () => {
  const waits: { readonly milliseconds: number; readonly end: () => void }[] = [];
  const errors: unknown[] = [];
  let calls = 0;
  const reporting = createReporting({
    sleep(milliseconds) {
      const { promise, resolve } = pending();
      waits.push({ milliseconds, end: resolve });
      return promise;
    },
    onError: (error) => errors.push(error),
    again: () => {
      calls += 1;
    },
  });
  return { reporting, waits, errors, again: () => calls };
};

const failing = async (): Promise<void> => {
  throw new Error('away');
};

describe('createReporting', () => {
  it('makes one report at a time, and of those that wait only the newest', async () => {
    const { reporting } = setUp();
    const first = pending();
    const begun: string[] = [];
    const report = (name: string, until?: Promise<void>) => async () => {
      begun.push(name);
      await until;
    };
    reporting.submit(report('first', first.promise));
    reporting.submit(report('second'));
    reporting.submit(report('third'));
    const before = [...begun];

    first.resolve();
    await reporting.rest();

    expect(before).toEqual(['first']);
    expect(begun).toEqual(['first', 'third']);
  });

  it('asks for another reconcile some seconds after a failure', async () => {
    const { reporting, waits, errors, again } = setUp();
    reporting.submit(failing);
    await reporting.rest();
    const before = again();

    for (const { end } of waits) end();
    await Promise.resolve();

    expect(errors).toEqual([new Error('away')]);
    expect(waits).toMatchObject([{ milliseconds: 5000 }]);
    expect([before, again()]).toEqual([0, 1]);
  });

  it('reports at once what is new after a failure, and waits only once however many fail', async () => {
    const { reporting, waits, errors } = setUp();
    reporting.submit(failing);
    await reporting.rest();

    reporting.submit(failing);
    await reporting.rest();

    expect(errors).toHaveLength(2);
    expect(waits).toHaveLength(1);
  });
});
