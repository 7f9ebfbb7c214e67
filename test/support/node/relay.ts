import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Namespace, SpawnedProgram } from './namespace.ts';

const PROGRAM = fileURLToPath(new URL('relay-program.ts', import.meta.url));
/** Of the namespace's own loopback. */
const USUAL_PLACE = { address: '127.0.0.1', port: 6443 };

/** The only way from a namespace to the API server; closing it is how the server goes away. */
export type Relay = {
  readonly url: string;
  /** Connections are broken and new ones refused, as by a server that was stopped. */
  readonly cut: () => Promise<void>;
  /** Connections stay and nothing comes through, as with a server that hangs (SIGSTOP). */
  readonly freeze: () => void;
  /** The server is back. */
  readonly open: () => Promise<void>;
  readonly close: () => Promise<void>;
};

/**
 * Opens the way from an address of the namespace for which the server's certificate is good too, 127.0.0.1 or the first one of
 * services, to a server of the machine. In: the server's URL, and a path for a socket.
 */
export const openRelay = async (
  namespace: Namespace,
  serverUrl: string,
  socketFile: string,
  place: { readonly address: string; readonly port: number } = USUAL_PLACE,
): Promise<Relay> => {
  const { port } = new URL(serverUrl);
  const connections = new Set<Socket>();
  const outside = createServer((inside) => {
    connections.add(inside);
    const server = connect(Number(port), '127.0.0.1');
    inside.pipe(server).pipe(inside);
    inside.on('error', () => server.destroy());
    server.on('error', () => inside.destroy());
    inside.on('close', () => {
      server.destroy();
      connections.delete(inside);
    });
  });
  outside.listen(socketFile);
  await once(outside, 'listening');

  let program: SpawnedProgram | undefined;
  const open = async (): Promise<void> => {
    if (program === undefined) {
      program = namespace.start([
        ...[process.execPath, PROGRAM, socketFile],
        ...[place.address, String(place.port)],
      ]);
      await once(program.stdout, 'data');
    }
    program.kill('SIGCONT');
  };
  await open();

  return {
    url: `https://${place.address}:${place.port}`,
    open,
    freeze: () => program?.kill('SIGSTOP'),
    async cut() {
      if (program === undefined) return;
      const gone = once(program, 'exit');
      program.kill('SIGKILL');
      await gone;
      program = undefined;
    },
    close() {
      const closed = new Promise<void>((resolve) => outside.close(() => resolve()));
      for (const connection of connections) connection.destroy();
      return closed;
    },
  };
};
