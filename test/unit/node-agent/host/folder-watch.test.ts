import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createFolderWatch } from '#node-agent/host/folder-watch.ts';
import { createScratchTree } from '../scratch-tree.ts';

const WAIT = { timeout: 30_000 };

const setUp = () => {
  const tree = createScratchTree();
  const ending = new AbortController();
  onTestFinished(() => ending.abort());
  let changes = 0;
  const { follow } = createFolderWatch({
    onChange: () => {
      changes += 1;
    },
    signal: ending.signal,
  });
  const untilSeen = async (act: () => void) => {
    const before = changes;
    act();
    await vi.waitFor(() => expect(changes).toBeGreaterThan(before), WAIT);
  };
  return { tree, follow, untilSeen };
};

describe('a folder that is followed', () => {
  it('tells of files that come, change and go', async () => {
    const { tree, follow, untilSeen } = setUp();
    tree.file('networks/a', '');
    follow([tree.path('networks')]);

    await untilSeen(() => tree.file('networks/b', ''));
    await untilSeen(() => tree.file('networks/a', 'x'));
    await untilSeen(() => tree.remove('networks/a'));
  });

  it('may come later, and again', async () => {
    const { tree, follow, untilSeen } = setUp();
    follow([tree.path('networks')]);
    tree.file('networks/a', '');
    follow([tree.path('networks')]);
    await untilSeen(() => tree.remove('networks'));
    tree.file('networks/a', '');

    await vi.waitFor(async () => {
      follow([tree.path('networks')]);
      await untilSeen(() => tree.file('networks/b', ''));
    }, WAIT);
  });
});
