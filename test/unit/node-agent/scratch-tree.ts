import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Roots } from '#node-agent/host/roots.ts';

/** A folder that stands for the root of a host, gone after the test. */
export interface ScratchTree {
  readonly root: string;
  /** With `/etc`, where the device plugin's configuration is. */
  readonly roots: Roots & { readonly etc: string };
  path(...parts: string[]): string;
  file(path: string, text: string): void;
  /** A symbolic link; one that is there already is replaced. */
  link(path: string, target: string): void;
  /** A named pipe: opening it waits for the other side. */
  pipe(path: string): void;
  remove(path: string): void;
  move(from: string, to: string): void;
}

export const createScratchTree = (): ScratchTree => {
  const root = mkdtempSync(join(tmpdir(), 'nodeeni-host-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const path = (...parts: string[]) => join(root, ...parts);
  const remove = (target: string) => rmSync(path(target), { recursive: true, force: true });
  return {
    root,
    roots: {
      sysfs: path('sys'),
      proc: path('proc'),
      udev: path('run/udev'),
      etc: path('etc'),
      run: path('run'),
    },
    path,
    remove,
    move(from, to) {
      mkdirSync(dirname(path(to)), { recursive: true });
      renameSync(path(from), path(to));
    },
    pipe: (target) => {
      execFileSync('sh', ['-c', 'mkfifo "$0"', path(target)]);
    },
    file(target, text) {
      mkdirSync(dirname(path(target)), { recursive: true });
      writeFileSync(path(target), text);
    },
    link(target, destination) {
      remove(target);
      mkdirSync(dirname(path(target)), { recursive: true });
      symlinkSync(destination, path(target));
    },
  };
};
