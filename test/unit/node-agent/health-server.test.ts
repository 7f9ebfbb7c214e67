import { describe, expect, it, onTestFinished } from 'vitest';
import { startHealthServer } from '#node-agent/health-server.ts';
import { HALF_OPEN, holdOpen } from '#test/support/half-open.ts';

const start = async (
  faults: { missing?: string; stuck?: string } = {},
  port = 0,
  requestSeconds = 5,
) => {
  const ending = new AbortController();
  onTestFinished(() => ending.abort());
  const served = await startHealthServer({
    port,
    health: { missing: () => faults.missing, stuck: () => faults.stuck },
    metrics: { contentType: 'text/plain; version=0.0.4', text: async () => 'reconciles 1\n' },
    signal: ending.signal,
    requestSeconds,
  });
  const ask = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${served}${path}`);
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      text: await response.text(),
    };
  };
  return { ask, ending, port: served };
};

describe('startHealthServer', () => {
  it('answers 200 while nothing is missing', async () => {
    const { ask } = await start();

    expect(await ask('/healthz')).toMatchObject({ status: 200, text: '{"status":"ok"}\n' });
    expect(await ask('/livez?verbose')).toMatchObject({ status: 200 });
  });

  it('answers 503 with the reason; only a loop that is stuck is reason for a restart', async () => {
    const unread = await start({ missing: 'not read' });
    const stuck = await start({ missing: 'stuck for 300 s', stuck: 'stuck for 300 s' });

    expect(await unread.ask('/healthz')).toMatchObject({
      status: 503,
      text: '{"error":"not read"}\n',
    });
    expect(await unread.ask('/livez')).toMatchObject({ status: 200 });
    expect(await stuck.ask('/livez')).toMatchObject({
      status: 503,
      text: '{"error":"stuck for 300 s"}\n',
    });
  });

  it('serves metrics on the same port, and nothing else', async () => {
    const { ask } = await start();

    expect(await ask('/metrics')).toEqual({
      status: 200,
      type: 'text/plain; version=0.0.4',
      text: 'reconciles 1\n',
    });
    expect(await ask('/')).toMatchObject({ status: 404 });
  });

  it('says how to choose another port when one is taken', async () => {
    const { port } = await start();

    await expect(start({}, port)).rejects.toThrow(`port ${port} is in use`);
  });

  it('ends at the signal', async () => {
    const { ask, ending } = await start();

    ending.abort();

    await expect(ask('/healthz')).rejects.toThrow('fetch failed');
  });

  it.each(HALF_OPEN)('lets go a caller that stops in the middle of %s', async (_, text) => {
    const { ask, port } = await start({}, 0, 0.5);
    const held = holdOpen(port, text, 50);
    await held.begun;

    expect(await ask('/healthz')).toMatchObject({ status: 200 });
    expect(await held.answers).toHaveLength(50);
  });
});
