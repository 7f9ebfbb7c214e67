import { inject } from 'vitest';
import { type Stage, stageOn } from './stage.ts';

/** A stage on the servers that most files share, cleared of what another file may have left. */
export const joinStage = async (): Promise<Stage> => {
  const stage = await stageOn({ ...inject('stageServers'), stop: async () => undefined });
  await stage.clear();
  return stage;
};
