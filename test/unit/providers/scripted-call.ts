/**
 * A call that gives these answers one after the other, an Error by throwing it, and remembers what it was asked.
 * Throws when it is asked more often than it has answers.
 */
export const scriptedCall = <Output, Input = unknown>(...answers: readonly (Output | Error)[]) => {
  const asked: Input[] = [];
  const call = async (input: Input): Promise<Output> => {
    asked.push(input);
    const answer = answers[asked.length - 1];
    if (answer === undefined) throw new Error(`call ${asked.length} was not expected`);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { asked, call };
};
