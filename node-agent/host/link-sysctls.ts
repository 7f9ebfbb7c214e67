import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LINK_SYSCTL } from '#core/apis/v1alpha1/link-settings.ts';
import type { SettingValues } from '../agent/link-settings.ts';
import { readText } from './files.ts';

const ACCEPT_RA = 'net.ipv6.conf.IFNAME.accept_ra';

/** Throws for a name that is no setting of a link. */
const fileOf = (folder: string, link: string, name: string): string => {
  const [, family, kind, setting] = LINK_SYSCTL.exec(name) ?? [];
  if (family === undefined || kind === undefined || setting === undefined)
    throw new Error(`${name} is no setting of a link`);
  return join(folder, 'sys/net', family, kind, link, setting);
};

/** The kernel's own settings for a link ("ip-sysctl", Linux). One that does not exist is left out. */
export const readSysctls = async (
  proc: string,
  link: string,
  names: readonly string[],
): Promise<SettingValues> => {
  const values = await Promise.all(
    names.map(async (name) => [name, await readText(fileOf(proc, link, name))] as const),
  );
  return Object.fromEntries(
    values.flatMap(([name, text]) => (text === undefined ? [] : [[name, Number(text)]])),
  );
};

const writeSysctl = async (proc: string, link: string, name: string, value: number) => {
  try {
    await writeFile(fileOf(proc, link, name), `${value}\n`);
  } catch {
    // A container's own /proc/sys is read-only; that of the host's first process is not.
    await writeFile(fileOf(join(proc, '1/root/proc'), link, name), `${value}\n`);
  }
};

/** Rejects with the kernel's reason at the first that cannot be set. */
export const writeSysctls = async (
  proc: string,
  link: string,
  values: SettingValues,
): Promise<void> => {
  for (const [name, value] of Object.entries(values))
    await writeSysctl(proc, link, name, Number(value));
};

/** True when the kernel takes addresses and routes from routers on the link; false without IPv6. */
export const acceptsRouterAdvertisements = async (proc: string, link: string): Promise<boolean> => {
  const { [ACCEPT_RA]: value } = await readSysctls(proc, link, [ACCEPT_RA]);
  return value !== undefined && value !== 0;
};

/** Rejects when it cannot be written. */
export const refuseRouterAdvertisements = (proc: string, link: string): Promise<void> =>
  writeSysctls(proc, link, { [ACCEPT_RA]: 0 });
