import { describe, expect, it } from 'vitest';
import type { RunCommand } from '#node-agent/host/command.ts';
import {
  parseShown,
  readDriverCounters,
  readDriverSettings,
  setDriverSettings,
} from '#node-agent/host/ethtool.ts';
import { hostFixture } from '../fixture.ts';

const showing =
  (fixture: string): RunCommand =>
  async () =>
    hostFixture(`ethtool/${fixture}`);

describe('what ethtool shows', () => {
  it('of rings is what is set now, and not what could be', async () => {
    await expect(
      readDriverSettings(showing('g-e1000e.txt'), 'ens6', 'rings', ['rx', 'tx']),
    ).resolves.toEqual({ rx: 256, tx: 512 });
  });

  it('of channels leaves out what the driver does not have', async () => {
    await expect(
      readDriverSettings(showing('l-veth.txt'), 'ens6', 'channels', ['rx', 'combined']),
    ).resolves.toEqual({ rx: 1 });
  });

  it('of interrupts has two values in one line', async () => {
    const names = ['adaptiveRx', 'adaptiveTx', 'rxUsecs', 'txUsecs'];

    await expect(
      readDriverSettings(showing('c-ena.txt'), 'ens6', 'coalescing', names),
    ).resolves.toEqual({ adaptiveRx: true, rxUsecs: 20, txUsecs: 64 });
  });

  it('of offloads is found by the short name and by the one that is shown', async () => {
    const names = ['gro', 'tx-checksum-ip-generic', 'large-receive-offload', 'nonsense'];

    await expect(
      readDriverSettings(showing('k-veth.txt'), 'ens6', 'offloads', names),
    ).resolves.toEqual({
      gro: false,
      'tx-checksum-ip-generic': true,
      'large-receive-offload': false,
    });
  });

  it('of counters are the driver’s own, each with its number', async () => {
    await expect(readDriverCounters(showing('S-ena.txt'), 'ens6')).resolves.toMatchObject({
      bw_in_allowance_exceeded: 12,
      conntrack_allowance_available: 135_763,
      queue_0_tx_cnt: 9_007_199,
    });
  });

  it('may be nothing', () => {
    expect(parseShown('')).toEqual({});
  });
});

describe('what is set by ethtool', () => {
  it('is named as ethtool wants it', async () => {
    const commands: string[] = [];
    const run: RunCommand = async (file, args) => {
      commands.push([file, ...args].join(' '));
      return '';
    };

    await setDriverSettings(run, 'ens6', 'coalescing', { adaptiveRx: false, txFrames: 32 });
    await setDriverSettings(run, 'ens6', 'offloads', {
      'generic-receive-offload': true,
      tso: false,
    });

    expect(commands).toEqual([
      'ethtool -C ens6 adaptive-rx off tx-frames 32',
      'ethtool -K ens6 gro on tso off',
    ]);
  });
});
