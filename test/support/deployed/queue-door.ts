import { once } from 'node:events';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A batch of messages on its way into a queue. */
type Batch = { readonly QueueUrl: string; readonly Entries: readonly { readonly Id: string }[] };

export type QueueDoor = {
  readonly url: string;
  /** Lets no message with this word in it into the queue of this name, until what comes out is disposed of. */
  readonly refuse: (queueName: string, word: string) => Disposable;
  /** The batches that were let in, as they were written. */
  readonly admitted: readonly string[];
  readonly stop: () => Promise<void>;
};

/** What SQS says when it takes none of a batch ("SendMessageBatch", Amazon SQS API Reference). */
const refusalOf = ({ Entries }: Batch): string =>
  JSON.stringify({
    Successful: [],
    Failed: Entries.map(({ Id }) => ({ Id, Code: 'InternalError', SenderFault: false })),
  });

/** Stands before the emulator's SQS, where the functions send to. In: the emulator's URL. */
export const openQueueDoor = async (target: string): Promise<QueueDoor> => {
  const refused = new Set<{ readonly queueName: string; readonly word: string }>();
  const admitted: string[] = [];

  const isRefused = (body: string): boolean =>
    [...refused].some(
      ({ queueName, word }) =>
        (JSON.parse(body) as Batch).QueueUrl.endsWith(`/${queueName}`) && body.includes(word),
    );

  const pass = (incoming: IncomingMessage, body: string, outgoing: ServerResponse): void => {
    const { method, url = '/', headers } = incoming;
    const inner = httpRequest(new URL(url, target), { method, headers });
    inner.once('error', () => outgoing.destroy());
    inner.once('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    inner.end(body);
  };

  const handle = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const body = await text(incoming);
    if (!isRefused(body)) {
      admitted.push(body);
      pass(incoming, body, outgoing);
      return;
    }
    const type = { 'content-type': 'application/x-amz-json-1.0' };
    outgoing.writeHead(200, type).end(refusalOf(JSON.parse(body) as Batch));
  };

  const server = createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch(() => outgoing.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    refuse: (queueName, word) => {
      const rule = { queueName, word };
      refused.add(rule);
      return { [Symbol.dispose]: () => refused.delete(rule) };
    },
    admitted,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};
