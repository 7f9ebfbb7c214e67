import { chmodSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { startLinkMonitor } from '#node-agent/host/link-monitor.ts';
import { createScratchTree } from '../scratch-tree.ts';

/** A monitor over a script in the place of ip; resolves when it has called back `count` times. */
const callsOf = async (script: string, count: number): Promise<number> => {
  const tree = createScratchTree();
  tree.file('monitor', `#!/bin/sh\n${script}\n`);
  chmodSync(tree.path('monitor'), 0o755);
  const ending = new AbortController();
  let calls = 0;
  await new Promise<void>((resolve) => {
    startLinkMonitor({
      prefix: [tree.path('monitor')],
      signal: ending.signal,
      onChange: () => {
        calls += 1;
        if (calls >= count) resolve();
      },
    });
  });
  ending.abort();
  return calls;
};

describe('startLinkMonitor', () => {
  it('calls back for a line', async () => {
    await expect(
      callsOf('[ "$*" = "ip -o monitor link" ] && echo 7: ens6; sleep 5', 1),
    ).resolves.toBe(1);
  });

  it('calls back when it was too slow and lost events', async () => {
    const overrun = 'echo "netlink receive error No buffer space available (105)" >&2; sleep 5';

    await expect(callsOf(overrun, 1)).resolves.toBe(1);
  });

  it('calls back for what happened before it listened', async () => {
    await expect(callsOf('sleep 5', 1)).resolves.toBe(1);
  });

  it('starts again when it ends, and calls back since it may have missed something', async () => {
    // Each run says one line; its end counts as well.
    await expect(callsOf('echo 7: ens6', 3)).resolves.toBe(3);
  });
});
