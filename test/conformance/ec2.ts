import { afterAll, beforeAll, describe } from 'vitest';
import { describeAttachments } from './ec2-attachments.ts';
import { describeInterfaces } from './ec2-interfaces.ts';
import { describeReads } from './ec2-reads.ts';
import { describeReservedAddresses } from './ec2-reserved-addresses.ts';
import { createEc2Rules, type Ec2Subject } from './ec2-subject.ts';

/**
 * The rules of EC2 that the product relies on, tried on one implementation. In: its name; how to start it; the
 * titles of the rules it does not model, which must fail. Everything goes through Ec2Api and a small lab, and
 * no rule needs an empty account.
 */
export const ec2Conformance = (
  name: string,
  setUp: () => Promise<Ec2Subject>,
  unmodelled: readonly string[] = [],
): void => {
  describe(`${name} as EC2`, () => {
    let subject: Ec2Subject | undefined;
    const started = (): Ec2Subject => {
      if (subject === undefined) throw new Error(`${name} was not set up`);
      return subject;
    };
    const rules = createEc2Rules(started, unmodelled);

    beforeAll(async () => {
      subject = await setUp();
    }, 120_000);
    afterAll(async () => {
      await subject?.dispose?.();
    });

    describeInterfaces(rules);
    describeReservedAddresses(rules);
    describeAttachments(rules);
    describeReads(rules);
  });
};
