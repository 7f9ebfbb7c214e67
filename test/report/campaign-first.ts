import { createHash } from 'node:crypto';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const isCampaign = ({ moduleId }: TestSpecification): boolean =>
  moduleId.endsWith('campaign/campaign.test.ts');

/**
 * A new order of files each run, so that no test leans on another, with the longest of all first: the processor that began it
 * last would work on it alone. The seed repeats an order.
 */
export class CampaignFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { seed } = this.ctx.config.sequence;
    const placeOf = ({ moduleId }: TestSpecification): string =>
      createHash('sha256').update(`${seed} ${moduleId}`).digest('hex');
    const shuffled = files
      .map((file) => ({ file, place: placeOf(file) }))
      .toSorted((left, right) => (left.place < right.place ? -1 : 1))
      .map(({ file }) => file);
    return [...shuffled.filter(isCampaign), ...shuffled.filter((file) => !isCampaign(file))];
  }
}
