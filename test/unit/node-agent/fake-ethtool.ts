import { CommandError } from '#node-agent/host/command.ts';

/** What a driver has, by the letter of ethtool: its lines as they are shown, and the names by which they are set. */
const LINES: Readonly<Record<string, readonly (readonly [shown: string, set: string])[]>> = {
  g: [
    ['RX', 'rx'],
    ['TX', 'tx'],
  ],
  l: [['Combined', 'combined']],
  c: [
    ['Adaptive RX', 'adaptive-rx'],
    ['rx-usecs', 'rx-usecs'],
    ['tx-usecs', 'tx-usecs'],
  ],
  k: [
    ['generic-receive-offload', 'gro'],
    ['tcp-segmentation-offload', 'tso'],
  ],
};

/** What a new ENA has, about. */
const FRESH: Readonly<Record<string, string>> = {
  RX: '1024',
  TX: '1024',
  Combined: '4',
  'Adaptive RX': 'off',
  'rx-usecs': '0',
  'tx-usecs': '64',
  'generic-receive-offload': 'on',
  'tcp-segmentation-offload': 'on',
};

const LARGEST_RING = 8192;

/** The driver rounds down to a power of two (ena_ethtool.c, Linux). */
const ringOf = (asked: string): string => String(2 ** Math.floor(Math.log2(Number(asked))));

/** `ethtool` for one link, whose driver is a model of ENA. */
export class FakeEthtool {
  readonly values = new Map(Object.entries(FRESH));
  readonly counters = new Map<string, number>();
  /** Letters of what the driver does not have: `c`. */
  readonly lacking = new Set<string>();

  run([option = '', link = '', ...words]: readonly string[]): string {
    const letter = option.slice(1).toLowerCase();
    const fail = (why: string): never => {
      throw new CommandError(`ethtool ${[option, link, ...words].join(' ')}`, 81, why);
    };
    if (this.lacking.has(letter)) return fail('netlink error: Operation not supported');
    if (option === '-S')
      return `NIC statistics:\n${[...this.counters].map(([name, count]) => `     ${name}: ${count}\n`).join('')}`;
    if (option === `-${letter}`) return this.#show(letter);
    for (let at = 0; at < words.length; at += 2) {
      const [name, value = ''] = [words[at], words[at + 1]];
      const shown = LINES[letter]?.find(([, set]) => set === name)?.[0];
      if (shown === undefined) return fail('netlink error: bit name not found');
      if (letter === 'g' && Number(value) > LARGEST_RING)
        return fail('netlink error: requested ring size exceeds maximum');
      this.values.set(shown, letter === 'g' ? ringOf(value) : value);
    }
    return '';
  }

  #show(letter: string): string {
    const lines = (LINES[letter] ?? []).map(([shown]) =>
      shown === 'Adaptive RX'
        ? `Adaptive RX: ${this.values.get(shown)}  TX: n/a`
        : `${shown}:\t\t${this.values.get(shown)}`,
    );
    const maximums = ['g', 'l'].includes(letter)
      ? ['Pre-set maximums:', 'RX:\t\t8192', 'TX:\t\t8192', 'Current hardware settings:']
      : [];
    return `${['Parameters of the link:', ...maximums, ...lines].join('\n')}\n`;
  }
}
