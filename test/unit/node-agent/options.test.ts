import { describe, expect, it } from 'vitest';
import { parseOptions } from '#node-agent/options.ts';

const RUN = ['agent', 'run'];

describe('parseOptions', () => {
  it('has a value for everything that nobody sets', () => {
    const options = parseOptions(RUN, {});

    expect(options).toMatchObject({
      command: 'run',
      isPlanOnly: false,
      commandPrefix: [],
      pluginConfigPath: '/etc/pcidp/config.json',
      settings: { allowsNoIommu: true, advertises: true, replacesCorruptConfig: false },
      roots: { sysfs: '/sys', proc: '/proc', udev: '/run/udev', run: '/run' },
    });
    expect(options.settings.pciIds).toContain('1d0f:ec20');
    expect(options).not.toHaveProperty('port');
  });

  it('takes an option from the environment, unless the command line has it', () => {
    const environment = {
      NODEENI_PCI_IDS: '8086:10d3',
      NODEENI_NO_IOMMU: 'off',
      NODEENI_HOST_COMMAND: 'nsenter --target 1 --mount --net --',
    };

    const options = parseOptions([...RUN, '--pci-ids', '1af4:1041,1d0f:ec20'], environment);

    expect(options.settings).toMatchObject({
      pciIds: ['1af4:1041', '1d0f:ec20'],
      allowsNoIommu: false,
    });
    expect(options.commandPrefix).toEqual(['nsenter', '--target', '1', '--mount', '--net', '--']);
  });

  it('takes an empty variable for none', () => {
    expect(parseOptions(RUN, { NODEENI_NODE_NAME: '' })).not.toHaveProperty('nodeName');
  });

  it.each([
    { name: 'no command', args: [], message: 'agent run' },
    { name: 'apply without --once', args: ['agent', 'apply'], message: '--once' },
    {
      name: 'an instance id that is none',
      args: [...RUN, '--instance-id', 'eni-1'],
      message: '--instance-id',
    },
    { name: 'a server that is no URL', args: [...RUN, '--server', 'ftp://x'], message: '--server' },
    {
      name: 'an interval that is no number',
      args: [...RUN, '--resync-seconds', 'often'],
      message: '--resync-seconds',
    },
    { name: 'a port that is none', args: [...RUN, '--port', '65536'], message: '--port' },
    { name: 'an option that does not exist', args: [...RUN, '--what'], message: '--what' },
  ])('refuses $name', ({ args, message }) => {
    expect(() => parseOptions(args, {})).toThrow(message);
  });

  it('names every fault at once', () => {
    const read = () => parseOptions([...RUN, '--no-iommu', 'x', '--device-plugin', 'y'], {});

    expect(read).toThrow(/--no-iommu.*--device-plugin/);
  });
});
