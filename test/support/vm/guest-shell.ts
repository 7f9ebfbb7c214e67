import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandResult } from '#test/support/servers/run-command.ts';
import { onLine } from './lines.ts';
import { connectTo } from './socket.ts';

/** Runs scripts in the guest, side by side; the other end is `guest/shell.sh`. */
export interface GuestShell {
  /** Resolves when the guest is up, after each boot. */
  untilReady(): Promise<void>;
  run(script: string): Promise<CommandResult>;
  close(): void;
}

/** `exchange` is the folder that the guest shares with this machine. */
export const connectGuestShell = async (path: string, exchange: string): Promise<GuestShell> => {
  const socket = await connectTo(path);
  const waiting = new Map<number, (code: number) => void>();
  let ready = Promise.withResolvers<void>();
  let last = 0;

  onLine(socket, (line) => {
    if (line === 'ready') return ready.resolve();
    const [number, code] = line.split(' ').map(Number);
    waiting.get(number ?? 0)?.(code ?? 1);
    waiting.delete(number ?? 0);
  });

  const textOf = async (name: string): Promise<string> => {
    const file = join(exchange, name);
    return existsSync(file) ? readFile(file, 'utf8') : '';
  };

  return {
    async untilReady() {
      await ready.promise;
      ready = Promise.withResolvers<void>();
    },
    async run(script) {
      last += 1;
      const number = last;
      await writeFile(join(exchange, `${number}.script`), script);
      const code = await new Promise<number>((resolve) => {
        waiting.set(number, resolve);
        socket.write(`${number}\n`);
      });
      const [stdout, stderr] = await Promise.all(
        ['stdout', 'stderr'].map((name) => textOf(`${number}.${name}`)),
      );
      return { code, stdout: stdout ?? '', stderr: stderr ?? '' };
    },
    close: () => socket.destroy(),
  };
};
