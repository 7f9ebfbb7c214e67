# Second program of the guest: prepares it, and then runs what is asked over the port `control`, each in the background.
# A request is a line with its number; its script is in /exchange, and its output and exit code go there.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin:/node HOME=/root LC_ALL=C
# Emulated processors take seconds to compile what the agent is made of; once a boot is enough.
export NODE_COMPILE_CACHE=/tmp/compiled
mkdir -p /run/udev
/usr/lib/systemd/systemd-udevd --daemon
udevadm trigger --action=add --subsystem-match=pci --subsystem-match=virtio
udevadm settle
ip link set dev lo up
for address in /sys/class/net/*/address; do
  [ "$(cat "$address")" = 02:00:00:00:00:05 ] && own=$(basename "${address%/address}")
done
ip address add 10.0.2.15/24 dev "$own"
ip link set dev "$own" up
ip route add default via 10.0.2.2

for port in /sys/class/virtio-ports/*; do
  [ "$(cat "$port/name")" = control ] && device=/dev/${port##*/}
done
exec 3<> "$device"
echo ready >&3

perform() {
  cd /exchange
  bash "$1.script" > "$1.stdout" 2> "$1.stderr" < /dev/null 3>&-
  echo "$1 $?" >&3
}

while read -r number <&3; do
  perform "$number" &
done
busybox poweroff -f
