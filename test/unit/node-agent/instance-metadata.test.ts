import { describe, expect, it } from 'vitest';
import { readInstanceId } from '#node-agent/instance-metadata.ts';
import { type Answer, startApiServer } from './fake-api-server.ts';

const saying =
  (text: string, status = 200): Answer =>
  (_, response) =>
    void response.writeHead(status).end(text);

const asking = async (answers: Readonly<Record<string, Answer>>) => {
  const { requests, url } = await startApiServer((request, response) =>
    (answers[request.method] ?? saying('', 404))(request, response),
  );
  return { requests, environment: { AWS_EC2_METADATA_SERVICE_ENDPOINT: url } };
};

const sleep = () => Promise.resolve();

describe('readInstanceId', () => {
  it('asks for a token, and with it for the id', async () => {
    const { requests, environment } = await asking({
      PUT: saying('token'),
      GET: saying('i-0123456789abcdef0\n'),
    });

    await expect(readInstanceId({ environment, sleep })).resolves.toBe('i-0123456789abcdef0');

    expect(requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'PUT /latest/api/token',
      'GET /latest/meta-data/instance-id',
    ]);
  });

  it('asks for nothing without a token, although version 1 would answer', async () => {
    const { requests, environment } = await asking({
      PUT: saying('', 403),
      GET: saying('i-0123456789abcdef0'),
    });

    await expect(readInstanceId({ environment, sleep })).rejects.toThrow('answered with 403');

    expect(requests.map(({ method }) => method)).toEqual(['PUT']);
  });

  it('asks again when the service is busy, or cuts the connection', async () => {
    const troubles: Answer[] = [saying('', 503), (_, response) => response.destroy()];
    const { requests, environment } = await asking({
      PUT: (request, response) => (troubles.shift() ?? saying('token'))(request, response),
      GET: saying('i-0123456789abcdef0'),
    });

    await expect(readInstanceId({ environment, sleep })).resolves.toBe('i-0123456789abcdef0');

    expect(requests.map(({ method }) => method)).toEqual(['PUT', 'PUT', 'PUT', 'GET']);
  });

  it('gives up after three tries', async () => {
    const { requests, environment } = await asking({ PUT: saying('', 500) });

    await expect(readInstanceId({ environment, sleep })).rejects.toThrow('answered with 500');

    expect(requests).toHaveLength(3);
  });

  it('rejects what is no instance id', async () => {
    const { environment } = await asking({ PUT: saying('token'), GET: saying('<html>') });

    await expect(readInstanceId({ environment, sleep })).rejects.toThrow(
      '<html> is no instance id',
    );
  });

  it('ends with the signal when the service does not answer', async () => {
    const ending = new AbortController();
    const { environment } = await asking({ PUT: () => ending.abort() });

    await expect(readInstanceId({ environment, sleep, signal: ending.signal })).rejects.toThrow(
      'give --instance-id or --node-name',
    );
  });
});
