import { join } from 'node:path';
import { readText } from './files.ts';
import type { Roots } from './roots.ts';

/** The boot that the host is in; a kubelet reports the same of its Node ("NodeSystemInfo", bootID). */
export const readBootId = async ({ proc }: Pick<Roots, 'proc'>): Promise<string | undefined> =>
  (await readText(join(proc, 'sys/kernel/random/boot_id')))?.trim();
