import { chmodSync } from 'node:fs';
import { createScratchTree } from './scratch-tree.ts';

/** Where the one device is. */
export const PCI = '0000:00:06.0';

export const BOOT_ID = '0f7d3f4e-1111-4222-8333-444455556666';

// Stands for the host's ip: it shows one link, and keeps what it is set to.
const IP = `#!/bin/sh
cd "$(dirname "$0")"
case "$*" in
  "ip -j -d link")
    printf '[{"ifindex":7,"ifname":"ens6","flags":[%s],"mtu":%s,"max_mtu":9216,"altnames":[%s],"address":"02:00:00:00:00:06"}]' \\
      "$(cat flags)" "$(cat mtu)" "$(cat altnames)" ;;
  "ip -j -6 route show default") echo "[]" ;;
  "ip link set dev ens6 mtu "*) printf %s "$7" > mtu ;;
  "ip link set dev ens6 up") printf '"UP"' > flags ;;
  "ip link property add dev ens6 altname "*)
    [ -s altnames ] && printf , >> altnames
    printf '"%s"' "$8" >> altnames ;;
  *) echo "unexpected: $*" >&2; exit 1 ;;
esac
`;

/** A scratch tree with one link, `ens6`, whose `ip` is a script; and the agent's options that lead to it. */
export const createOneLinkHost = () => {
  const tree = createScratchTree();
  tree.file('bin/flags', '');
  tree.file('bin/mtu', '1500');
  tree.file('bin/altnames', '');
  tree.file('bin/host', IP);
  chmodSync(tree.path('bin/host'), 0o755);
  const device = `sys/bus/pci/devices/${PCI}`;
  tree.file(`${device}/class`, '0x020000\n');
  tree.file(`${device}/vendor`, '0x1d0f\n');
  tree.file(`${device}/device`, '0xec20\n');
  tree.link(`${device}/driver`, '../../drivers/ena');
  tree.link('sys/class/net/ens6/device', `../../../bus/pci/devices/${PCI}`);
  tree.file('run/udev/data/n7', 'E:ID_NET_DRIVER=ena\n');
  tree.file('proc/sys/kernel/random/boot_id', `${BOOT_ID}\n`);
  const { roots } = tree;
  const paths = [
    ...['--host-command', tree.path('bin/host'), '--sysfs-root', roots.sysfs],
    ...['--proc-root', roots.proc, '--udev-root', roots.udev, '--etc-root', tree.path('etc')],
    ...['--run-root', roots.run],
  ];
  return { tree, paths };
};
