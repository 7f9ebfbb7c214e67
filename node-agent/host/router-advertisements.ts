import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readText } from './files.ts';

const fileIn = (folder: string, link: string): string =>
  join(folder, 'sys/net/ipv6/conf', link, 'accept_ra');

/** True when the kernel takes addresses and routes from routers on the link ("ip-sysctl", Linux); false without IPv6. */
export const acceptsRouterAdvertisements = async (proc: string, link: string): Promise<boolean> => {
  const text = await readText(fileIn(proc, link));
  return text !== undefined && text.trim() !== '0';
};

/** Rejects when it cannot be written. */
export const refuseRouterAdvertisements = async (proc: string, link: string): Promise<void> => {
  try {
    await writeFile(fileIn(proc, link), '0\n');
  } catch {
    // A container's own /proc/sys is read-only; that of the host's first process is not.
    await writeFile(fileIn(join(proc, '1/root/proc'), link), '0\n');
  }
};
