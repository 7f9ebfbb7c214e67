import { setTimeout as sleep } from 'node:timers/promises';
import { styleText } from 'node:util';
import type { Actor, Line } from './line.ts';

export interface Screen {
  readonly write: (text: string) => void;
  /** True: colours, and a running clock in the last line. */
  readonly isColoured: boolean;
  /** True: slow enough for a reader. */
  readonly isPaced: boolean;
}

type Style = Parameters<typeof styleText>[0];

const STYLES: Readonly<Record<Actor, Style>> = {
  you: ['bold', 'magenta'],
  'Auto Scaling': 'yellow',
  EC2: 'blue',
  Kubernetes: 'cyan',
  nodeeni: ['bold', 'green'],
};

const WHO_WIDTH = Math.max(...Object.keys(STYLES).map(({ length }) => length));
const LINE_PAUSE_MS = 75;
const TICK_PAUSE_MS = 8;
const TICK_SECONDS = 10;
const CLEAR_LINE = '\r\u001B[K';

/** Time since the start as `mm:ss`. */
const clockText = (start: Date, at: Date): string => {
  const seconds = Math.floor((at.getTime() - start.getTime()) / 1000);
  const pad = (value: number): string => String(value).padStart(2, '0');
  return `${pad(Math.floor(seconds / 60))}:${pad(seconds % 60)}`;
};

/** Prints what happens: plain text, or on a terminal in colours and at a pace to follow. */
export const createTimeline = ({ write, isColoured, isPaced }: Screen, start: Date) => {
  let tickedAt = start.getTime();

  const paint = (style: Style, text: string): string =>
    isColoured ? styleText(style, text, { validateStream: false }) : text;
  const pause = async (milliseconds: number): Promise<void> => {
    if (isPaced) await sleep(milliseconds);
  };
  const print = (text: string): void => write(`${isColoured ? CLEAR_LINE : ''}${text}`);

  return {
    /** A block as it is. */
    text: (text: string): void => print(`${text.trimEnd()}\n`),

    heading: (text: string): void => print(`\n${paint('bold', text)}\n`),

    async line({ at, who, what }: Line): Promise<void> {
      const time = paint('dim', clockText(start, at));
      print(`${time}  ${paint(STYLES[who], who.padEnd(WHO_WIDTH))}  ${what}\n`);
      tickedAt = at.getTime();
      await pause(LINE_PAUSE_MS);
    },

    /** Shows that time passes while nothing happens. Only where a line can be taken back. */
    async tick(at: Date): Promise<void> {
      if (!isColoured || at.getTime() - tickedAt < TICK_SECONDS * 1000) return;
      tickedAt = at.getTime();
      print(paint('dim', `${clockText(start, at)}  …`));
      await pause(TICK_PAUSE_MS);
    },

    kept: (text: string): void => print(`${paint('green', '       ✓')} ${text}\n`),

    broken: (text: string): void => print(`${paint('red', '       ✗')} ${text}\n`),

    /** The virtual time so far. */
    elapsed: (at: Date): string => clockText(start, at),
  };
};

export type Timeline = ReturnType<typeof createTimeline>;
