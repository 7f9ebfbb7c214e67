import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Frees what nobody holds. Only a context made after the flag was set has the function. */
const collectGarbage = (): void => {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect();
};

/**
 * The most that the heap held over what it held before, in megabytes, seen each time the event loop turns. An upper
 * bound of what the work needs: garbage counts as long as it is not collected.
 */
export const heapGrowthOf = async (work: () => Promise<unknown>): Promise<number> => {
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  let most = before;
  const look = (): void => {
    most = Math.max(most, process.memoryUsage().heapUsed);
  };
  const timer = setInterval(look, 5);
  await work();
  look();
  clearInterval(timer);
  return (most - before) / 2 ** 20;
};
