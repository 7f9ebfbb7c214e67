import { afterAll, beforeAll, describe } from 'vitest';
import { describeHooks } from './auto-scaling-hooks.ts';
import { describeReads } from './auto-scaling-reads.ts';
import { type AutoScalingSubject, createAutoScalingRules } from './auto-scaling-subject.ts';

/**
 * The rules of Auto Scaling that the product relies on, tried on one implementation. In: its name; how to start
 * it; the titles of the rules it does not model, which must fail. No rule needs an empty account.
 */
export const autoScalingConformance = (
  name: string,
  setUp: () => Promise<AutoScalingSubject>,
  unmodelled: readonly string[] = [],
): void => {
  describe(`${name} as Auto Scaling`, () => {
    let subject: AutoScalingSubject | undefined;
    const started = (): AutoScalingSubject => {
      if (subject === undefined) throw new Error(`${name} was not set up`);
      return subject;
    };
    const rules = createAutoScalingRules(started, unmodelled);

    beforeAll(async () => {
      subject = await setUp();
    }, 120_000);
    afterAll(async () => {
      await subject?.dispose?.();
    });

    describeReads(rules);
    describeHooks(rules);
  });
};
