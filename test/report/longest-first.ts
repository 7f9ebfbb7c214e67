import { createHash } from 'node:crypto';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The longest of the unit tests, and of those in virtual machines. */
const LONGEST = [
  'campaign/campaign.test.ts',
  'vm/metal-instance.test.ts',
  'vm/running-agent-dpdk.test.ts',
  'vm/reboots-with-pods.test.ts',
];

const isLong = ({ moduleId }: TestSpecification): boolean =>
  LONGEST.some((name) => moduleId.endsWith(name));

/**
 * A new order of files each run, so that no test leans on another, with the longest first: the processor that began one of them
 * last would work on it alone. The seed repeats an order.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { seed } = this.ctx.config.sequence;
    const placeOf = ({ moduleId }: TestSpecification): string =>
      createHash('sha256').update(`${seed} ${moduleId}`).digest('hex');
    const shuffled = files
      .map((file) => ({ file, place: placeOf(file) }))
      .toSorted((left, right) => (left.place < right.place ? -1 : 1))
      .map(({ file }) => file);
    return [...shuffled.filter(isLong), ...shuffled.filter((file) => !isLong(file))];
  }
}
