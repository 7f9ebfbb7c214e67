import type { ServerResponse } from 'node:http';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createApiClient } from '#node-agent/kubernetes/api-client.ts';
import { watchState } from '#node-agent/kubernetes/state-watch.ts';
import { type Answer, startApiServer } from '../fake-api-server.ts';

/** A loaded machine takes its time. */
const WAIT = { timeout: 30_000 };
const ID = 'i-0123456789abcdef0';
const object = (resourceVersion: string) => ({ metadata: { name: ID, resourceVersion }, spec: {} });

const line = (type: string, body: object) => `${JSON.stringify({ type, object: body })}\n`;

interface Script {
  /** Objects of each list in turn; the last goes on. */
  readonly lists: readonly (readonly object[])[];
  /** What each watch sends; one that has no script stays open. */
  readonly watches: readonly ((response: ServerResponse) => void)[];
}

const answering = ({ lists, watches }: Script): Answer => {
  let [listed, watched] = [0, 0];
  return ({ query }, response) => {
    response.writeHead(200);
    if (query.watch === 'true') return watches[watched++]?.(response);
    const items = lists[Math.min(listed++, lists.length - 1)];
    response.end(JSON.stringify({ metadata: { resourceVersion: '100' }, items }));
  };
};

const follow = async (script: Script, lastingSeconds = 0) => {
  const { requests, url } = await startApiServer(answering(script));
  const ending = new AbortController();
  const states: unknown[] = [];
  const problems: string[] = [];
  const waits: number[] = [];
  let time = 0;
  const done = watchState({
    api: createApiClient({ server: url, readToken: () => 'token' }),
    instanceId: ID,
    onState: (state) => states.push(state),
    onProblem: (message) => problems.push(message),
    sleep: async (milliseconds) => {
      waits.push(milliseconds / 1000);
    },
    // Each call is so much later than the one before.
    seconds: () => (time += lastingSeconds),
    signal: ending.signal,
  });
  onTestFinished(async () => {
    ending.abort();
    await done;
  });
  return { requests, states, problems, waits };
};

describe('watchState', () => {
  it('asks for its own object only, and watches from where the list ended', async () => {
    const { requests, states } = await follow({ lists: [[object('7')]], watches: [] });

    await vi.waitFor(() => expect(requests).toHaveLength(2), WAIT);

    const [list, watch] = requests;
    expect(list?.query).toEqual({ fieldSelector: `metadata.name=${ID}` });
    expect(watch?.query).toMatchObject({
      fieldSelector: `metadata.name=${ID}`,
      watch: 'true',
      resourceVersion: '100',
    });
    expect(states).toEqual([object('7')]);
  });

  it('reports every change, and that there is no object any more', async () => {
    const { states } = await follow({
      lists: [[]],
      watches: [
        (response) => {
          response.write(line('ADDED', object('101')));
          response.write(line('MODIFIED', object('102')));
          response.write(line('BOOKMARK', object('103')));
          response.write(line('DELETED', object('104')));
        },
      ],
    });

    await vi.waitFor(() => expect(states).toHaveLength(4), WAIT);

    expect(states).toEqual([undefined, object('101'), object('102'), undefined]);
  });

  it('goes on from the last version when the server ends the stream', async () => {
    const { requests, problems } = await follow({
      lists: [[]],
      watches: [(response) => response.end(line('BOOKMARK', object('150')))],
    });

    await vi.waitFor(() => expect(requests).toHaveLength(3), WAIT);

    expect(requests[2]?.query).toMatchObject({ watch: 'true', resourceVersion: '150' });
    expect(problems).toEqual([]);
  });

  it('lists anew when its version is too old', async () => {
    const { states, problems } = await follow({
      lists: [[object('7')], [object('200')]],
      watches: [
        (response) =>
          response.end(line('ERROR', { code: 410, message: 'too old resource version' })),
      ],
    });

    await vi.waitFor(() => expect(states).toHaveLength(2), WAIT);

    expect(states).toEqual([object('7'), object('200')]);
    expect(problems).toEqual(['too old resource version']);
  });

  it('comes back when the connection breaks, and reports nothing meanwhile', async () => {
    const { states, problems } = await follow({
      lists: [[object('7')], [object('8')]],
      watches: [(response) => response.destroy()],
    });

    await vi.waitFor(() => expect(states).toHaveLength(2), WAIT);

    expect(problems).toHaveLength(1);
    expect(states).toEqual([object('7'), object('8')]);
  });

  it('does not open a watch again within a second', async () => {
    const ends = (response: ServerResponse) => response.end();
    const { requests, waits } = await follow({ lists: [[]], watches: [ends, ends, ends] });

    await vi.waitFor(() => expect(requests).toHaveLength(5), WAIT);

    expect(waits).toEqual([1, 1, 1]);
  });

  it('waits longer each time while the list works and the watch does not', async () => {
    const breaks = (response: ServerResponse) => response.destroy();
    const { waits } = await follow({ lists: [[]], watches: Array(5).fill(breaks) });

    await vi.waitFor(() => expect(waits.length).toBeGreaterThanOrEqual(5), WAIT);

    expect(Math.min(...waits.slice(4, 5))).toBeGreaterThanOrEqual(8);
  });

  it('waits only a second after a watch that lasted', async () => {
    const breaks = (response: ServerResponse) => response.destroy();
    const { waits } = await follow({ lists: [[]], watches: Array(5).fill(breaks) }, 10);

    await vi.waitFor(() => expect(waits.length).toBeGreaterThanOrEqual(5), WAIT);

    expect(Math.max(...waits)).toBeLessThanOrEqual(1);
  });
});
