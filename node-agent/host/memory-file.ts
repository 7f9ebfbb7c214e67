import { join } from 'node:path';
import { z } from 'zod';
import type { MemoryFile } from '../agent/host.ts';
import { readText, replaceFile } from './files.ts';
import type { Roots } from './roots.ts';

const memorySchema = z.object({
  devices: z.record(z.string(), z.string()),
  births: z.record(z.string(), z.string()).exactOptional(),
  given: z
    .record(z.string(), z.object({ names: z.array(z.string()), addresses: z.array(z.string()) }))
    .exactOptional(),
  bound: z.record(z.string(), z.string()).exactOptional(),
  advertised: z.array(z.string()).exactOptional(),
  isWriteCombining: z.boolean().exactOptional(),
  networkFolders: z.array(z.string()).exactOptional(),
});

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/**
 * What the agent remembers, in `/run/nodeeni/state.json`: a reboot undoes bindings and may move devices to other PCI
 * addresses, and takes the file with it. One that cannot be read counts as none: links show their MAC address, and the
 * object says where bound devices were.
 */
export const createMemoryFile = ({ run }: Roots): MemoryFile => {
  const path = join(run, 'nodeeni/state.json');
  return {
    async read() {
      const memory = memorySchema.safeParse(parsed((await readText(path)) ?? ''));
      return memory.data ?? { devices: {} };
    },
    write: (memory) => replaceFile(path, `${JSON.stringify(memory, undefined, 2)}\n`),
  };
};
