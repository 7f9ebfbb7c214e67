import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';
import { eventually } from '#test/e2e/outcomes.ts';
import type { DeviceTree } from './device-tree.ts';

/** A program for `--host-command` that runs whatever it is given, and holds one command until it may go on. */
export type Gate = {
  readonly program: string;
  readonly untilReached: () => Promise<void>;
  readonly open: () => void;
};

/** Holds the first command that ends with these words. */
export const createGate = (tree: DeviceTree, lastWords: string): Gate => {
  const program = tree.path('gate');
  const reached = tree.path('gate-reached');
  const closed = tree.path('gate-closed');
  writeFileSync(closed, '');
  writeFileSync(
    program,
    `#!/bin/sh
case "$*" in *"${lastWords}")
  : > "${reached}"
  while [ -e "${closed}" ]; do sleep 0.02; done ;;
esac
exec "$@"
`,
  );
  chmodSync(program, 0o755);
  return {
    program,
    untilReached: () => eventually(async () => expect(existsSync(reached)).toBe(true)),
    open: () => rmSync(closed),
  };
};
