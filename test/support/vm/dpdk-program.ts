import { type GuestProgram, startProgram } from './guest-agent.ts';
import type { Machine } from './machine.ts';

/** The interface of the machine that is on the same wire as every interface that is plugged in. */
const WIRE_MAC = '02:00:00:00:00:fe';

/** A frame of 9001 bytes with its Ethernet header and checksum, and a buffer it fits in. */
const FRAMES = '--max-pkt-len=9019 --mbuf-size=10240';

/** Puts the other end of the wire into a namespace of its own, with an MTU of 9001. */
export const layWire = async ({ tell }: Machine): Promise<void> => {
  await tell(`
    for file in /sys/class/net/*/address; do
      [ "$(cat "$file")" = ${WIRE_MAC} ] && wire=$(basename "\${file%/address}")
    done
    ip netns add peer
    ip link set dev "$wire" netns peer
    ip -n peer link set dev "$wire" mtu 9001 up
    ip -n peer address add 192.0.2.1/24 dev "$wire"`);
};

/**
 * Starts DPDK's `testpmd` on a device; it answers ARP and ping for any address. Resolves when it forwards; rejects with what it said
 * when it cannot. In: words before its command line.
 */
export const startTestpmd = async (
  machine: Machine,
  address: string,
  prefix = '',
): Promise<GuestProgram> => {
  await machine.tell(`
    echo 64 > /proc/sys/vm/nr_hugepages
    mountpoint -q /dev/hugepages || mount -t hugetlbfs none /dev/hugepages`);
  const program = await startProgram(
    machine,
    // Its two threads share the guest's one processor, and poll in what all others leave of it.
    `${prefix} nice -n 19 dpdk-testpmd --lcores 0@0,1@0 -n 1 -a ${address} --no-telemetry -- --forward-mode=icmpecho --auto-start \
      --total-num-mbufs=4096 --nb-cores=1 --rxd=256 --txd=256 --stats-period=1 --no-lsc-interrupt ${FRAMES}`,
  );
  const { code } = await machine.run(
    `for turn in $(seq 300); do
       [ -e /proc/${program.pid} ] || exit 1
       grep -q 'Port statistics' ${program.log} && exit 0
       grep -q 'No probed ethernet devices' ${program.log} && exit 1
       sleep 0.1
     done; exit 1`,
  );
  if (code === 0) return program;
  await program.end('KILL');
  throw new Error(`testpmd does not run: ${await program.output()}`);
};

/** What `ping` says of three packets over the wire; 8973 bytes fill a packet of 9001. */
export const pingOverWire = async ({ run }: Machine, bytes: number): Promise<string> => {
  const { stdout } = await run(
    `ip netns exec peer ping -c 3 -i 0.3 -W 3 -M do -s ${bytes} 192.0.2.6`,
  );
  return stdout;
};
