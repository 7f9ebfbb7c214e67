import { createInterface } from 'node:readline';
import type { Namespace } from './namespace.ts';

/** How long links of a namespace take from their appearance until they are up with the given MTU. */
export type LinkTimes = {
  /** Milliseconds of a link of that name; undefined until it is as asked. */
  readonly milliseconds: (link: string) => number | undefined;
};

type Seen = { readonly atMs: number; readonly tookMs?: number };

/** Follows the links of a host by a monitor of its own; links named `ens<number>` count. */
export const followLinks = (namespace: Namespace, mtu: number): LinkTimes => {
  const seen = new Map<string, Seen>();
  const { stdout } = namespace.start(['ip', '-o', 'monitor', 'link']);
  createInterface({ input: stdout }).on('line', (line) => {
    const name = /\bens\d+\b/.exec(line)?.[0];
    if (name === undefined) return;
    const now = performance.now();
    const link = seen.get(name) ?? { atMs: now };
    const isAsAsked = /[<,]UP[,>]/.test(line) && line.includes(`mtu ${mtu} `);
    const isNews = isAsAsked && link.tookMs === undefined;
    seen.set(name, isNews ? { ...link, tookMs: now - link.atMs } : link);
  });
  return { milliseconds: (link) => seen.get(link)?.tookMs };
};
