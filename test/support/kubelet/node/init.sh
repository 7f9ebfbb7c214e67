#!/bin/bash
# First process of a node, in namespaces of its own (processes, mounts, network, host name). Makes the node's file system out of a
# tree, which stays as it is, and goes on in it. Arguments: the tree, the kubelet, a folder to write in, one with the
# node's devices, its name, its control group.
set -euo pipefail
tree=$1 kubelet=$2 folder=$3 devices=$4 name=$5 group=$6
root=$folder/root
mkdir -p "$folder"/{root,upper,work,lib}
hostname "$name"

mount -t overlay overlay -o "lowerdir=$tree,upperdir=$folder/upper,workdir=$folder/work" "$root"
mkdir -p "$root"/{proc,sys,dev,run,tmp,old} "$root"/var/lib "$root"/opt/cni/bin "$root"/etc/cni/net.d
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount --rbind /dev "$root/dev"
for part in run tmp; do mount -t tmpfs tmpfs "$root/$part"; done
# An overlay cannot lie on an overlay, and containers have one each.
mount --bind "$folder/lib" "$root/var/lib"
# Devices of this machine are none of the node's: those that the node has are files.
mkdir -p "$root/run/udev"
for part in sys/class/net sys/bus/pci run/udev; do mount --bind "$devices/$part" "$root/$part"; done
touch "$root/usr/bin/kubelet"
mount --bind "$kubelet" "$root/usr/bin/kubelet"

# A kubelet sets some of the kernel's own, which are those of this machine.
for setting in vm/overcommit_memory vm/panic_on_oom kernel/panic kernel/panic_on_oops kernel/keys/root_max{keys,bytes}; do
  copy=$folder/settings/$setting
  mkdir -p "${copy%/*}"
  cat "/proc/sys/$setting" > "$copy"
  mount --bind "$copy" "$root/proc/sys/$setting"
done

cp "$root"/usr/lib/cni/* "$root/opt/cni/bin/"
printf 'root:x:0:0::/root:/bin/bash\n' > "$root/etc/passwd"
printf 'root:x:0:\n' > "$root/etc/group"
printf '127.0.0.1 localhost\n' > "$root/etc/hosts"
: > "$root/etc/resolv.conf"
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
  mkdir -p "/sys/fs/cgroup/$group"
else
  for hierarchy in /sys/fs/cgroup/*/; do mkdir -p "$hierarchy$group"; done
fi

cd "$root"
pivot_root . old
umount -l /old
# Reaps what others leave behind, as a first process has to.
exec bash -c 'trap : CHLD; echo ready; while :; do sleep 3600 & wait; done'
