import { once } from 'node:events';
import { connect } from 'node:net';

/**
 * Begins requests and does not go on. In: what is sent of each, and how many connections send it. Out: resolves with what each
 * was answered, once the server has closed it.
 */
export const holdOpen = (port: number, text: string, connections: number) => {
  const sockets = Array.from({ length: connections }, () => connect(port, '127.0.0.1'));
  const answers = sockets.map(async (socket) => {
    let answer = '';
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString();
    });
    socket.on('error', () => undefined);
    socket.write(text);
    await once(socket, 'close');
    return answer;
  });
  return {
    begun: Promise.all(sockets.map((socket) => once(socket, 'connect'))),
    answers: Promise.all(answers),
  };
};

/** Requests that never end: in their headers, and in their bodies. */
export const HALF_OPEN = [
  ['its headers', 'POST /events HTTP/1.1\r\nHost: localhost\r\nX-Slow: '],
  [
    'its body',
    'POST /events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
  ],
] as const;
