import { describe, expect, it } from 'vitest';
import { drawHistory } from './history.ts';
import { play } from './play.ts';
import { tryOut } from './try-out.ts';

const SEEDS = 60;
const CHUNK = 6;

/** The same histories each time, so that a change is told by its own failures; `.ci/run` plays more, and new ones. */
const first = 1;
const chunks = Array.from({ length: SEEDS / CHUNK }, (_, index) => first + index * CHUNK);

describe('Whatever goes wrong', () => {
  it.each(chunks)(
    `nothing is lost, doubled or left over in the ${CHUNK} histories from seed %i`,
    async (from) => {
      const failures: string[] = [];
      for (let seed = from; seed < from + CHUNK; seed += 1) {
        const failure = await tryOut(seed);
        if (failure !== undefined) failures.push(failure);
      }

      expect(failures.join('\n\n')).toBe('');
    },
  );

  it('a history is played the same way each time', async () => {
    const history = drawHistory(42);
    const trace = async (): Promise<string> => {
      let text = '';
      await play(history, ({ ec2 }) => {
        text = ec2.wire.log.calls.map(({ action, at }) => `${at.toISOString()} ${action}`).join();
      });
      return text;
    };

    const once = await trace();

    expect(once).not.toBe('');
    expect(await trace()).toBe(once);
  });
});
