#!/bin/busybox sh
# First program of the guest, in the initial ramdisk: puts a writable layer over the tree that QEMU shares, and goes on there.
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
for module in @FIRST_MODULES@; do modprobe "$module"; done

share() {
  mkdir -p "$2"
  mount -t 9p -o "trans=virtio,version=9p2000.L,msize=1048576,$3" "$1" "$2" || { echo "no share $1"; poweroff -f; }
}

mkdir -p /writable /root
share tree /tree ro,cache=loose
mount -t tmpfs tmpfs /writable
mkdir -p /writable/upper /writable/work
mount -t overlay -o lowerdir=/tree,upperdir=/writable/upper,workdir=/writable/work overlay /root
mount -t proc proc /root/proc
mount -t sysfs sysfs /root/sys
mount -t devtmpfs dev /root/dev
mkdir -p /root/dev/pts /root/dev/shm /root/dev/hugepages
mount -t devpts devpts /root/dev/pts
mount -t tmpfs tmpfs /root/dev/shm
mount -t tmpfs tmpfs /root/run
mount -t tmpfs tmpfs /root/tmp
share repository /root/repository ro,cache=loose
share node /root/node ro,cache=loose
share exchange /root/exchange cache=none

# The kernel of the distribution has no no-IOMMU mode; only this module of it is another one.
if grep -q vfio=rebuilt /proc/cmdline; then
  cp /tree/opt/vfio.ko "$(find /root/usr/lib/modules -name vfio.ko)"
fi
cp /shell.sh /root/run/shell.sh
exec switch_root /root /bin/bash /run/shell.sh
