import { get } from 'node:http';
import { networkInterfaces } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HttpServer, startHttpServer } from '#cli/local/http-server.ts';
import { readEvent } from '#test/fixtures/events/read-event.ts';
import { HALF_OPEN, holdOpen } from '#test/support/half-open.ts';

let server: HttpServer;
let taken: unknown[];
let missing: string | undefined;

beforeEach(async () => {
  taken = [];
  missing = undefined;
  server = await startHttpServer({
    port: 0,
    onEvent: async (event) => void taken.push(event),
    missing: () => missing,
    metrics: { contentType: 'text/plain', text: async () => 'nodeeni_reconciles_total 1\n' },
  });
});

afterEach(() => server.close());

const ask = (path: string, init?: RequestInit): Promise<Response> =>
  fetch(`http://127.0.0.1:${server.port}${path}`, init);

const JSON_TYPE = { 'content-type': 'application/json' };

const post = async (body: string, headers: Readonly<Record<string, string>> = JSON_TYPE) => {
  const answer = await ask('/events', { method: 'POST', body, headers });
  return { status: answer.status, body: (await answer.json()) as { readonly error?: string } };
};

describe('POST /events', () => {
  it('takes one event', async () => {
    const event = readEvent('ec2-running');

    const answer = await post(JSON.stringify(event));

    expect(answer).toEqual({ status: 202, body: { accepted: 1, ignored: 0 } });
    expect(taken).toEqual([event]);
  });

  it('takes an array and says what it did not need', async () => {
    const events = [readEvent('asg-launch'), { source: 'aws.s3', 'detail-type': 'x' }];

    const answer = await post(JSON.stringify(events));

    expect(answer).toEqual({ status: 202, body: { accepted: 1, ignored: 1 } });
  });

  it.each([
    ['no JSON', '{', 'the body is not JSON'],
    ['an object that is no event', '{"hello":1}', 'event 0 is malformed: source'],
    ['null', 'null', 'event 0 is malformed'],
    [
      'an event without its instance',
      '{"source":"aws.ec2","detail-type":"EC2 Instance State-change Notification","detail":{}}',
      'instance-id',
    ],
  ])('refuses %s with the reason', async (_name, body, reason) => {
    const answer = await post(body);

    expect(answer.status).toBe(400);
    expect(answer.body.error).toContain(reason);
    expect(taken).toEqual([]);
  });

  it('takes nothing of an array with a malformed event', async () => {
    const answer = await post(JSON.stringify([readEvent('ec2-running'), 7]));

    expect(answer.status).toBe(400);
    expect(answer.body.error).toContain('event 1');
    expect(taken).toEqual([]);
  });

  it('refuses a body that is too long', async () => {
    const answer = await post(`"${'x'.repeat(1_048_576)}"`);

    expect(answer.status).toBe(413);
  });
});

describe('Who may send', () => {
  const event = JSON.stringify(readEvent('ec2-running'));

  /** fetch writes the Host itself. */
  const getWithHost = (host: string): Promise<number> =>
    new Promise((resolve, reject) => {
      const { port } = server;
      get({ host: '127.0.0.1', port, path: '/metrics', headers: { host } }, (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      }).on('error', reject);
    });

  it.each([
    ['plain text, as a form of a page can send it', { 'content-type': 'text/plain' }, 415],
    ['no content type', {}, 415],
    ['a page of another origin', { ...JSON_TYPE, origin: 'http://evil.example' }, 403],
    ['a page that hides where it is from', { ...JSON_TYPE, origin: 'null' }, 403],
  ])('refuses %s', async (_who, headers, status) => {
    const answer = await post(event, headers);

    expect(answer.status).toBe(status);
    expect(taken).toEqual([]);
  });

  it('takes JSON with a charset', async () => {
    const answer = await post(event, { 'content-type': 'application/json; charset=utf-8' });

    expect(answer.status).toBe(202);
  });

  it.each([
    ['evil.example', 403],
    ['evil.example:8080', 403],
    ['localhost:8080', 200],
    ['127.0.0.1', 200],
    ['[::1]:8080', 200],
  ])('answers Host %s with %i', async (host, status) => {
    expect(await getWithHost(host)).toBe(status);
  });

  it('listens to this machine only', async () => {
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ family, internal }) => family === 'IPv4' && !internal);

    for (const { address } of others)
      await expect(fetch(`http://${address}:${server.port}/healthz`)).rejects.toThrow();
  });

  it('asks others for a token, whatever Host they write, and shows them its health', async () => {
    const wide = await startHttpServer({
      port: 0,
      bind: '0.0.0.0',
      token: 'a-long-enough-token',
      onEvent: async (given) => void taken.push(given),
      missing: () => undefined,
      metrics: { contentType: 'text/plain', text: async () => '' },
    });
    const send = (authorization: string) =>
      fetch(`http://127.0.0.1:${wide.port}/events`, {
        method: 'POST',
        body: event,
        headers: { ...JSON_TYPE, authorization },
      });

    const statuses = [
      (await send('Bearer wrong')).status,
      (await send('a-long-enough-token')).status,
      (await send('Bearer a-long-enough-token')).status,
      (await fetch(`http://127.0.0.1:${wide.port}/healthz`)).status,
    ];
    await wide.close();

    expect(statuses).toEqual([401, 401, 202, 200]);
    expect(taken).toHaveLength(1);
  });
});

describe('The server of the local process', () => {
  it('is healthy when nothing is missing', async () => {
    const healthy = await ask('/healthz');
    missing = 'the first sweep has not run';
    const early = await ask('/healthz');

    expect(healthy.status).toBe(200);
    expect(early.status).toBe(503);
    expect(await early.json()).toEqual({ error: 'the first sweep has not run' });
  });

  it('shows the metrics', async () => {
    const answer = await ask('/metrics');

    expect(answer.headers.get('content-type')).toBe('text/plain');
    expect(await answer.text()).toBe('nodeeni_reconciles_total 1\n');
  });

  it.each(['/', '/events', '/metricsx'])('does not know GET %s', async (path) => {
    const answer = await ask(path);

    expect(answer.status).toBe(404);
  });

  it('says so when its port is in use', async () => {
    const second = startHttpServer({
      port: server.port,
      onEvent: async () => undefined,
      missing: () => undefined,
      metrics: { contentType: '', text: async () => '' },
    });

    await expect(second).rejects.toThrow(`Port ${server.port} is in use. Choose another`);
  });
});

describe('a caller that stops in the middle', () => {
  it.each(HALF_OPEN)('of %s is let go, and others are answered meanwhile', async (_, text) => {
    const patient = await startHttpServer({
      port: 0,
      onEvent: async (event) => void taken.push(event),
      missing: () => undefined,
      metrics: { contentType: '', text: async () => '' },
      requestSeconds: 0.5,
    });
    const held = holdOpen(patient.port, text, 50);
    await held.begun;

    const health = await fetch(`http://127.0.0.1:${patient.port}/healthz`);
    const answers = await held.answers;
    await patient.close();

    expect(health.status).toBe(200);
    expect(answers.every((answer) => answer === '' || answer.includes(' 408 '))).toBe(true);
    expect(taken).toEqual([]);
  });
});
