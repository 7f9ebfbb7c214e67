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
import { readDriverCounters, readDriverSettings, setDriverSettings } from './ethtool.ts';
import { readSysctls, writeSysctls } from './link-sysctls.ts';
import type { Roots } from './roots.ts';

/** Settings of links by the host's own `ethtool` and by the kernel's files below /proc/sys/net. */
export const createLinkTuning = ({ proc }: Roots, run: RunCommand): LinkTuning => {
  const read = (link: string, group: SettingGroup, names: readonly string[], inside = run) =>
    group === 'sysctls'
      ? readSysctls(proc, link, names)
      : readDriverSettings(inside, link, group, names);

  /** In the network namespace of a process, with the programs of the host. */
  const runAt =
    (pid: string | undefined): RunCommand =>
    (file, args, options) =>
      pid === undefined
        ? run(file, args, options)
        : run('nsenter', ['--target', pid, '--net', '--', file, ...args], options);

  return {
    async read({ link, pid }, asked) {
      const found = await Promise.all(
        Object.entries(asked).map(async ([group, values]): Promise<[string, SettingValues][]> => {
          try {
            const names = Object.keys(values);
            return [[group, await read(link, group as SettingGroup, names, runAt(pid))]];
          } catch {
            // A driver without the group, or a host without ethtool: setting it tells why.
            return [];
          }
        }),
      );
      return Object.fromEntries(found.flat()) as FoundSettings;
    },
    counters: ({ link, pid }) => readDriverCounters(runAt(pid), link),
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
