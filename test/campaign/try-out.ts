import { drawHistory } from './history.ts';
import { minimise } from './minimise.ts';
import { play } from './play.ts';
import { describeFailure } from './report.ts';

/**
 * Plays one seed. Out: the smallest history that fails as it does, in words, or the whole one when that is enough;
 * undefined when all went well.
 */
export const tryOut = async (
  seed: number,
  { isWhole = false }: { readonly isWhole?: boolean } = {},
): Promise<string | undefined> => {
  const history = drawHistory(seed);
  const first = await play(history);
  if (first === undefined) return undefined;
  if (isWhole) return describeFailure(history, first);
  const smallest = await minimise(history);
  const verdict = await play(smallest);
  return verdict && describeFailure(smallest, verdict);
};
