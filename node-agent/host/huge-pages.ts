import { join } from 'node:path';
import { namesIn, readText } from './files.ts';
import type { Roots } from './roots.ts';

/** How many huge pages of any size the host has set aside ("HugeTLB Pages", Linux); undefined for a kernel that has none. */
export const countHugePages = async ({ sysfs }: Roots): Promise<number | undefined> => {
  const folder = join(sysfs, 'kernel/mm/hugepages');
  const sizes = await namesIn(folder);
  const counts = await Promise.all(
    sizes.map(async (size) => Number((await readText(join(folder, size, 'nr_hugepages'))) ?? 0)),
  );
  return sizes.length === 0 ? undefined : counts.reduce((sum, count) => sum + count, 0);
};
