import { createConnection, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE_MS = 10_000;
const RETRY_MS = 20;

const tryOnce = (path: string): Promise<Socket | undefined> =>
  new Promise((resolve) => {
    const socket = createConnection(path);
    socket.once('connect', () => resolve(socket));
    socket.once('error', () => resolve(undefined));
  });

/** Connects to a socket that a program is about to open. Rejects when it does not come. */
export const connectTo = async (path: string): Promise<Socket> => {
  const endsAt = Date.now() + PATIENCE_MS;
  while (Date.now() < endsAt) {
    const socket = await tryOnce(path);
    if (socket !== undefined) {
      // The program that ends says so.
      socket.on('error', () => undefined);
      return socket;
    }
    await sleep(RETRY_MS);
  }
  throw new Error(`nobody listens on ${path}`);
};
