import { RefusedError } from '../agent/errors.ts';
import type { LinkTuning } from '../agent/host.ts';
import {
  describeValues,
  differing,
  type FoundSettings,
  type SettingGroup,
  type SettingValues,
} from '../agent/link-settings.ts';
import type { RunCommand } from './command.ts';
import { readDriverSettings, setDriverSettings } from './ethtool.ts';
import { readSysctls, writeSysctls } from './link-sysctls.ts';
import type { Roots } from './roots.ts';

/** Settings of links by the host's own `ethtool` and by the kernel's files below /proc/sys/net. */
export const createLinkTuning = ({ proc }: Roots, run: RunCommand): LinkTuning => {
  const read = (link: string, group: SettingGroup, names: readonly string[], inside = run) =>
    group === 'sysctls'
      ? readSysctls(proc, link, names)
      : readDriverSettings(inside, link, group, names);

  /** The pod's network namespace, with the programs of the host. */
  const runInPod =
    (pid: string): RunCommand =>
    (file, args, options) =>
      run('nsenter', ['--target', pid, '--net', '--', file, ...args], options);

  return {
    async read({ link, pid }, asked) {
      const found = await Promise.all(
        Object.entries(asked).map(async ([group, values]): Promise<[string, SettingValues][]> => {
          const inside = pid === undefined ? run : runInPod(pid);
          try {
            return [[group, await read(link, group as SettingGroup, Object.keys(values), inside)]];
          } catch {
            // A driver without the group, or a host without ethtool: setting it tells why.
            return [];
          }
        }),
      );
      return Object.fromEntries(found.flat()) as FoundSettings;
    },
    async set(link, group, values) {
      if (group === 'sysctls') await writeSysctls(proc, link, values);
      else await setDriverSettings(run, link, group, values);
      const found = await read(link, group, Object.keys(values));
      const different = differing(values, found);
      if (different !== undefined)
        throw new RefusedError(
          `the driver took it and made ${describeValues(found) || 'nothing'} of ${describeValues(different)}`,
        );
    },
  };
};
