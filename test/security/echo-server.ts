import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

const read = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
};

/** The canonical request, as the refusal of a wrong signature quotes it ("Signature Version 4", AWS IAM User Guide). */
const quoteOf = (request: IncomingMessage, body: string): string => {
  const headers = Object.entries(request.headers).map(([name, value]) => `${name}:${value}`);
  return [request.method, request.url, ...headers, '', body].join('\n');
};

const xml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const answerTo = (request: IncomingMessage, quote: string): string => {
  const message = `The Canonical String for this request should have been '${quote}'`;
  const isQuery = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded');
  if (isQuery)
    return `<Response><Errors><Error><Code>SignatureDoesNotMatch</Code><Message>${xml(message)}</Message></Error></Errors><RequestID>1</RequestID></Response>`;
  const code = 'SignatureDoesNotMatch';
  return JSON.stringify({ __type: code, code, kind: 'Status', reason: 'Forbidden', message });
};

/**
 * AWS and an API server behind one address that refuse every call and quote all of it. Out: its address, the requests
 * as it saw them, and `stop`.
 */
export const startEchoServer = async () => {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    void read(request).then((body) => {
      const quote = quoteOf(request, body);
      seen.push(quote);
      const answer = answerTo(request, quote);
      const type = answer.startsWith('<') ? 'text/xml' : 'application/json';
      response.writeHead(403, { 'content-type': type }).end(answer);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    stop: (): void => {
      server.closeAllConnections();
      server.close();
    },
  };
};
