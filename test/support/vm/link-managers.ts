import { onTestFinished } from 'vitest';
import { type GuestProgram, startProgram } from './guest-agent.ts';
import type { Machine } from './machine.ts';

const startInTest = async (machine: Machine, command: string): Promise<GuestProgram> => {
  const program = await startProgram(machine, command);
  onTestFinished(() => program.end('KILL'));
  return program;
};

// The packages are unpacked and not installed: users, and the bus that systemd would start, are made here.
const PREPARE = `
  set -e
  [ -e /etc/passwd ] || cat > /etc/passwd <<END
root:x:0:0::/root:/bin/bash
messagebus:x:998:998::/:/bin/false
systemd-network:x:997:997::/:/bin/false
END
  [ -e /etc/group ] || cat > /etc/group <<END
root:x:0:
messagebus:x:998:
systemd-network:x:997:
END
  [ -L /var/run ] || { rm -r /var/run; ln -s /run /var/run; }
  mkdir -p /run/dbus
  [ -s /etc/machine-id ] || dbus-uuidgen > /etc/machine-id
  [ -S /run/dbus/system_bus_socket ] || dbus-daemon --system --fork --nopidfile`;

/** Makes the wire, on which every interface is that is plugged in, a subnet of its own with a DHCP server. */
export const startSubnet = async (machine: Machine): Promise<void> => {
  // The DHCP server needs the users too: it ends at once where there is no root.
  await machine.tell(`${PREPARE}
    wire=$(basename "$(dirname "$(grep -l 02:00:00:00:00:fe /sys/class/net/*/address)")")
    ip netns add subnet
    ip link set dev "$wire" netns subnet
    ip -n subnet link set dev lo up
    ip -n subnet link set dev "$wire" name wire up
    ip -n subnet address add 10.0.6.1/24 dev wire`);
  onTestFinished(async () => {
    await machine.run('ip -n subnet link set dev wire netns 1; ip netns delete subnet');
  });
  await startInTest(
    machine,
    `ip netns exec subnet dnsmasq --no-daemon --conf-file=/dev/null --no-resolv --no-hosts --port=0 --user=root \\
      --interface=wire --bind-interfaces --dhcp-range=10.0.6.50,10.0.6.60,1h --dhcp-option=3,10.0.6.1 \\
      --dhcp-authoritative --no-ping --dhcp-leasefile=/tmp/leases`,
  );
};

/** Starts the real systemd-networkd. */
export const startNetworkd = async (machine: Machine): Promise<GuestProgram> => {
  await machine.tell(`${PREPARE}
    # A link that udev has not finished with when networkd starts stays pending without the events of a whole system.
    udevadm settle
    mkdir -p /run/systemd/network /run/systemd/netif/{links,leases,lldp}
    chown -R systemd-network:systemd-network /run/systemd/netif`);
  return startInTest(machine, '/usr/lib/systemd/systemd-networkd');
};

/** Starts the real NetworkManager, with a profile for every link, as images of RHEL have it. */
export const startNetworkManager = async (machine: Machine): Promise<GuestProgram> => {
  await machine.tell(`${PREPARE}
    mkdir -p /etc/NetworkManager/system-connections /etc/NetworkManager/conf.d /var/lib/NetworkManager
    cat > /etc/NetworkManager/NetworkManager.conf <<END
[main]
plugins=keyfile
dhcp=internal
dns=none
END
    cat > /etc/NetworkManager/system-connections/any.nmconnection <<END
[connection]
id=any
uuid=11111111-2222-3333-4444-555555555555
type=ethernet
multi-connect=3
[match]
interface-name=ens*;
[ipv4]
method=auto
[ipv6]
method=ignore
END
    chmod 600 /etc/NetworkManager/system-connections/any.nmconnection`);
  return startInTest(machine, 'NetworkManager --no-daemon');
};

/** What there is of a link in the host's addresses, routes and rules, a line each. */
export const tracesOf = async ({ tell }: Machine, link: string): Promise<readonly string[]> => {
  // Polled: few programs, since each costs the guest a tenth of a second.
  const text = await tell(`
    ip -4 -oneline address show dev ${link}; echo ==
    ip -4 route show table all dev ${link}; echo ==
    ip rule show`);
  const [addresses = [], routes = [], rules = []] = text
    .split(/^==$/m)
    .map((part) => part.split('\n').filter((line) => line.trim() !== ''));
  return [
    ...addresses.map((line) => `address ${line}`),
    ...routes.map((line) => `route ${line}`),
    ...rules.filter((line) => line.includes('10.0.6')).map((line) => `rule ${line}`),
  ];
};
