import { onLine } from './lines.ts';
import { connectTo } from './socket.ts';

/** QEMU's monitor ("QEMU Machine Protocol Specification", qemu.org). */
export interface Qmp {
  /** Rejects with what QEMU says against it. */
  execute(command: string, args?: object): Promise<unknown>;
  /** Resolves when an event comes that was not there before the call. */
  next(event: string, fits?: (data: Readonly<Record<string, unknown>>) => boolean): Promise<void>;
  close(): void;
}

interface Message {
  readonly id?: number;
  readonly return?: unknown;
  readonly error?: { readonly desc: string };
  readonly event?: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

export const connectQmp = async (path: string): Promise<Qmp> => {
  const socket = await connectTo(path);
  const waiting = new Map<number, (message: Message) => void>();
  const listeners = new Set<(message: Message) => void>();
  let last = 0;

  onLine(socket, (line) => {
    const message = JSON.parse(line) as Message;
    if (message.event !== undefined) for (const listen of listeners) listen(message);
    if (message.id === undefined) return;
    waiting.get(message.id)?.(message);
    waiting.delete(message.id);
  });

  const execute = (command: string, args: object = {}): Promise<unknown> =>
    new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, ({ error, return: value }) => {
        if (error === undefined) resolve(value);
        else reject(new Error(`${command}: ${error.desc}`));
      });
      socket.write(`${JSON.stringify({ execute: command, arguments: args, id: last })}\n`);
    });

  await execute('qmp_capabilities');
  return {
    execute,
    next: (event, fits = () => true) =>
      new Promise((resolve) => {
        const listen = (message: Message): void => {
          if (message.event !== event || !fits(message.data ?? {})) return;
          listeners.delete(listen);
          resolve();
        };
        listeners.add(listen);
      }),
    close: () => socket.destroy(),
  };
};
