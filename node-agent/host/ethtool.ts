import type { SettingGroup, SettingValues } from '../agent/link-settings.ts';
import type { RunCommand } from './command.ts';

/** The groups that the device's driver has. */
export type DriverGroup = Exclude<SettingGroup, 'sysctls'>;

interface Shape {
  readonly show: string;
  readonly change: string;
  /** Our name → the words of ethtool: how a value is shown, and how it is set. Offloads have the names of ethtool. */
  readonly words: Readonly<Record<string, readonly [shown: string, set: string]>>;
}

const SHAPES: Readonly<Record<DriverGroup, Shape>> = {
  rings: { show: '-g', change: '-G', words: { rx: ['RX', 'rx'], tx: ['TX', 'tx'] } },
  channels: {
    show: '-l',
    change: '-L',
    words: { rx: ['RX', 'rx'], tx: ['TX', 'tx'], combined: ['Combined', 'combined'] },
  },
  coalescing: {
    show: '-c',
    change: '-C',
    words: {
      adaptiveRx: ['Adaptive RX', 'adaptive-rx'],
      adaptiveTx: ['Adaptive TX', 'adaptive-tx'],
      rxUsecs: ['rx-usecs', 'rx-usecs'],
      txUsecs: ['tx-usecs', 'tx-usecs'],
      rxFrames: ['rx-frames', 'rx-frames'],
      txFrames: ['tx-frames', 'tx-frames'],
    },
  },
  offloads: { show: '-k', change: '-K', words: {} },
};

/** Offloads that ethtool shows by one name and sets by another (ethtool(8), "-K"). */
const OFFLOADS_BY_SHORT_NAME: Readonly<Record<string, string>> = {
  rx: 'rx-checksumming',
  tx: 'tx-checksumming',
  sg: 'scatter-gather',
  tso: 'tcp-segmentation-offload',
  gso: 'generic-segmentation-offload',
  gro: 'generic-receive-offload',
  lro: 'large-receive-offload',
  rxvlan: 'rx-vlan-offload',
  txvlan: 'tx-vlan-offload',
  ntuple: 'ntuple-filters',
  rxhash: 'receive-hashing',
};

const SHORT_NAMES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(OFFLOADS_BY_SHORT_NAME).map(([short, shown]) => [shown, short]),
);

const shownName = (shape: Shape, name: string): string =>
  shape.words[name]?.[0] ?? OFFLOADS_BY_SHORT_NAME[name] ?? name;

const setName = (shape: Shape, name: string): string =>
  shape.words[name]?.[1] ?? SHORT_NAMES[name] ?? name;

const shownValue = (text: string): number | boolean | undefined => {
  const [word = ''] = text.trim().split(/\s+/);
  if (word === 'on' || word === 'off') return word === 'on';
  return /^\d+$/.test(word) ? Number(word) : undefined;
};

/** Both of a line such as `Adaptive RX: on  TX: off`. */
const ADAPTIVE = /^Adaptive RX:\s*(\S+)\s+TX:\s*(\S+)/m;

/** Of rings and channels the maximums come first; what is set now comes after this line. */
const CURRENT = /^Current hardware settings:$/m;

/** Name → value of what ethtool shows. What the driver does not have (`n/a`) is left out. */
export const parseShown = (text: string): SettingValues => {
  const current = text.split(CURRENT).at(-1) ?? '';
  const [, adaptiveRx, adaptiveTx] = ADAPTIVE.exec(current) ?? [];
  const lines = current
    .replace(ADAPTIVE, `Adaptive RX: ${adaptiveRx}\nAdaptive TX: ${adaptiveTx}`)
    .split('\n')
    .map((line) => /^\s*([^:]+):\s*(.*)$/.exec(line));
  return Object.fromEntries(
    lines.flatMap((match) => {
      const value = shownValue(match?.[2] ?? '');
      return value === undefined ? [] : [[match?.[1] ?? '', value]];
    }),
  );
};

/** What the driver of a link has set of these names. Rejects where it has no such group, or the host no `ethtool`. */
export const readDriverSettings = async (
  run: RunCommand,
  link: string,
  group: DriverGroup,
  names: readonly string[],
): Promise<SettingValues> => {
  const shape = SHAPES[group];
  const shown = parseShown(await run('ethtool', [shape.show, link]));
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = shown[shownName(shape, name)];
      return value === undefined ? [] : [[name, value]];
    }),
  );
};

/** Rejects with what the kernel said. What is set is to be read back: drivers round, and change one offload with another. */
export const setDriverSettings = async (
  run: RunCommand,
  link: string,
  group: DriverGroup,
  values: SettingValues,
): Promise<void> => {
  const shape = SHAPES[group];
  const words = Object.entries(values).flatMap(([name, value]) => [
    setName(shape, name),
    typeof value === 'number' ? String(value) : value ? 'on' : 'off',
  ]);
  await run('ethtool', [shape.change, link, ...words]);
};

/** The private statistics of a link's driver, by their names (ethtool -S). Rejects where it has none. */
export const readDriverCounters = async (
  run: RunCommand,
  link: string,
): Promise<Readonly<Record<string, number>>> =>
  Object.fromEntries(
    Object.entries(parseShown(await run('ethtool', ['-S', link]))).flatMap(([name, value]) =>
      typeof value === 'number' ? [[name, value]] : [],
    ),
  );
