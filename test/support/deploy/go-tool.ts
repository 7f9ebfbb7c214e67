import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { cached, reportProgress } from '#test/support/servers/cache.ts';
import { findOnPath } from '#test/support/servers/find-on-path.ts';
import { runOrThrow } from '#test/support/servers/run-command.ts';
import { createTemporaryFolder } from '#test/support/servers/temporary-folder.ts';

const ENVIRONMENT = { CGO_ENABLED: '0', GOWORK: 'off' };

export type GoTool = {
  /** Its name in the cache, with the version. */
  readonly name: string;
  /** The folder of the module that pins it. */
  readonly module: URL;
  readonly package: string;
  /** Settings of variables, as `-X` takes them. */
  readonly stamps: readonly string[];
  /** Adds to the copy of the module what is not kept in it. In: the copy, and a `go` that runs in it. */
  readonly complete?: (
    folder: string,
    go: (args: readonly string[]) => Promise<string>,
  ) => Promise<void>;
};

/**
 * Builds a program of a pinned Go module into the cache, once per machine. Out: its path. The module is copied first, so that a
 * build leaves the checkout as it is.
 */
export const ensureGoTool = (tool: GoTool): Promise<string> =>
  cached(tool.name, async (temporary) => {
    const command = findOnPath('go');
    if (command === undefined) {
      throw new Error(
        `Building ${tool.name} needs Go 1.25 or newer on the PATH: install it from https://go.dev/dl.`,
      );
    }
    reportProgress(`building ${tool.name} (minutes the first time)`);
    const folder = createTemporaryFolder('go');
    const go = (args: readonly string[]): Promise<string> =>
      runOrThrow(command, args, { cwd: folder.path, env: ENVIRONMENT });
    try {
      await cp(tool.module, folder.path, { recursive: true });
      await tool.complete?.(folder.path, go);
      const flags = ['-s', '-w', ...tool.stamps.flatMap((stamp) => ['-X', stamp])].join(' ');
      await go(['build', '-trimpath', '-ldflags', flags, '-o', join(temporary), tool.package]);
    } finally {
      await folder.remove();
    }
  });
