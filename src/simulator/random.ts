/** Numbers that reconcile random and are the same for the same seed. */
export interface Random {
  /** 0 inclusive to 1 exclusive. */
  next(): number;
  /** 0 inclusive to `below` exclusive. */
  int(below: number): number;
  pick<T>(list: readonly T[]): T | undefined;
  /** An id as EC2 makes them: `eni-` and 17 hex digits. */
  id(prefix: string): string;
  /** A version 4 UUID, as Auto Scaling makes its tokens. */
  uuid(): string;
}

/** Mulberry32: 32 bits of state, good enough for ids and faults. */
export const createRandom = (seed: number): Random => {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (below: number): number => Math.floor(next() * below);
  const hex = (digits: number): string =>
    Array.from({ length: digits }, () => int(16).toString(16)).join('');
  return {
    next,
    int,
    pick: (list) => list[int(list.length)],
    id: (prefix) => `${prefix}-${hex(17)}`,
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
  };
};
