import { describe, expect, it } from 'vitest';
import { createApiClient } from '#node-agent/kubernetes/api-client.ts';
import { createRecordOnNode } from '#node-agent/kubernetes/event-client.ts';
import { type Answer, json, startApiServer } from '../fake-api-server.ts';

const EVENT = { type: 'Warning', reason: 'InUse', message: 'held', identity: 'one' } as const;

const start = async (answer: Answer) => {
  const { requests, url } = await startApiServer(answer);
  const api = createApiClient({ server: url, readToken: () => undefined });
  const record = createRecordOnNode({ api, now: () => new Date('2026-01-02T03:04:05Z') });
  const created = () => requests.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
  return { record, requests, created };
};

describe('createRecordOnNode', () => {
  it('creates an event about the node, where events of nodes are kept', async () => {
    const { record, requests, created } = await start(json({}, 201));

    await record('ip-10-0-0-1.ec2.internal', EVENT);

    expect(requests).toMatchObject([
      {
        method: 'POST',
        path: '/api/v1/namespaces/default/events',
        contentType: 'application/json',
      },
    ]);
    expect(created()).toMatchObject([
      {
        kind: 'Event',
        metadata: { name: expect.stringMatching(/^ip-10-0-0-1\.ec2\.internal\.[0-9a-f]{16}$/) },
        involvedObject: { kind: 'Node', name: 'ip-10-0-0-1.ec2.internal' },
        type: 'Warning',
        reason: 'InUse',
        message: 'held',
        firstTimestamp: '2026-01-02T03:04:05.000Z',
      },
    ]);
  });

  it('gives the same finding the same name, and another one another', async () => {
    const { record, created } = await start(json({}, 201));
    for (const identity of ['one', 'one', 'two']) await record('node-1', { ...EVENT, identity });

    const names = created().map(({ metadata }) => (metadata as { readonly name: string }).name);

    expect(names[1]).toBe(names[0]);
    expect(names[2]).not.toBe(names[0]);
  });

  it('leaves an event that is there as it is', async () => {
    const { record, requests } = await start(json({ message: 'already exists' }, 409));

    await expect(record('node-1', EVENT)).resolves.toBeUndefined();
    expect(requests).toHaveLength(1);
  });

  it('rejects when the event may not be written', async () => {
    const { record } = await start(json({ message: 'forbidden' }, 403));

    await expect(record('node-1', EVENT)).rejects.toMatchObject({ status: 403 });
  });

  it('keeps a message within what the API server takes', async () => {
    const { record, created } = await start(json({}, 201));

    await record('node-1', { ...EVENT, message: 'x'.repeat(5000) });

    expect(created()[0]?.message).toHaveLength(1000);
  });
});
