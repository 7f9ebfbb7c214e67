import { drawHistory } from './history.ts';
import { minimise } from './minimise.ts';
import { play } from './play.ts';
import { describeFailure } from './report.ts';

/** Plays one seed. Out: the smallest history that fails as it does, in words; undefined when all went well. */
export const tryOut = async (seed: number): Promise<string | undefined> => {
  const history = drawHistory(seed);
  if ((await play(history)) === undefined) return undefined;
  const smallest = await minimise(history);
  const verdict = await play(smallest);
  return verdict && describeFailure(smallest, verdict);
};
