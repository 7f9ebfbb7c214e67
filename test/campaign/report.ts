import type { Dated, History } from './history.ts';
import type { Verdict } from './play.ts';

const clockTime = (seconds: number): string =>
  `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;

const inWords = ({ atSeconds, kind, ...facts }: Dated): string => {
  const details = Object.entries(facts).map(([key, value]) => `${key} ${JSON.stringify(value)}`);
  return `  ${clockTime(atSeconds)}  ${kind.replaceAll('-', ' ')}: ${details.join(', ')}`;
};

/** A failed history for people: what happened, in order, what was then wrong, and how to play it again. */
export const describeFailure = ({ seed, pace, happenings }: History, verdict: Verdict): string =>
  [
    `seed ${seed}, in a world where ${Object.entries(pace)
      .map(([key, value]) => `${key} = ${value}`)
      .join(', ')}:`,
    ...happenings.map(inWords),
    `  ${clockTime(verdict.atSeconds)}  broken:`,
    ...verdict.broken.map((what) => `         - ${what}`),
    `Play it again with: npm run campaign -- --seeds 1 --from ${seed}`,
  ].join('\n');
