/**
 * A line for work that must not overlap. In: a piece of work. Out: its own result, once everything
 * that stood in line before it has finished, well or badly.
 */
export const createLine = () => {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work, work);
    last = turn;
    return turn;
  };
};
