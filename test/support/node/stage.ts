import { inject, onTestFailed, onTestFinished } from 'vitest';
import { openStage, type Stage } from './open-stage.ts';

/** Sets everything up; it goes with the test. What an agent has said is shown when the test fails. */
export const createStage = async (): Promise<Stage> => {
  const server = inject('apiServer');
  if (server === undefined) throw new Error('There is no API server.');
  const stage = await openStage({
    server,
    onFinished: (undo) =>
      onTestFinished(async () => {
        await undo();
      }),
  });
  return {
    ...stage,
    startAgent(options) {
      const agent = stage.startAgent(options);
      onTestFailed(() => {
        process.stderr.write(`The agent said:\n${agent.output()}\n`);
      });
      return agent;
    },
  };
};
