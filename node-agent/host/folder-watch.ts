import { type FSWatcher, watch } from 'node:fs';

/** Calls back when something changes in folders, once they are there. */
export interface FolderWatch {
  /** The folders from now on. One that is not there, or was taken away, is tried again with the next call. */
  follow(folders: readonly string[]): void;
}

/**
 * Follows folders by inotify(7). It tells of nothing that it misses: whoever relies on it looks again from time to time. Ends with
 * the signal.
 */
export const createFolderWatch = ({
  onChange,
  signal,
}: {
  readonly onChange: () => void;
  readonly signal: AbortSignal;
}): FolderWatch => {
  const watchers = new Map<string, FSWatcher>();

  const leave = (folder: string): void => {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  };
  const begin = (folder: string): void => {
    if (watchers.has(folder) || signal.aborted) return;
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => {
        onChange();
        // The folder itself was moved or removed: another one may come to its name.
        if (name === null || folder.endsWith(`/${name}`)) leave(folder);
      });
      watcher.on('error', () => leave(folder));
      watchers.set(folder, watcher);
    } catch {
      // It is not there yet, or the host has no watches left.
    }
  };
  signal.addEventListener('abort', () => {
    for (const folder of [...watchers.keys()]) leave(folder);
  });

  return {
    follow(folders) {
      for (const folder of watchers.keys()) if (!folders.includes(folder)) leave(folder);
      for (const folder of folders) begin(folder);
    },
  };
};
