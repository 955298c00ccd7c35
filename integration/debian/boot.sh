# boot.sh starts systemd inside a copy of a tree, as the first process of a machine of its own. Only the network is that of
# the caller.
# usage: sh boot.sh ROOT NAME
# The caller gives it mount, process, host name and IPC namespaces of its own: what it mounts and starts ends with them.
# What would reach the machine around it is taken away: its clock, its kernel's settings and its devices.
set -eu
root=$1 name=$2
mount --bind "$root" "$root"
cd "$root"
mount -t proc proc proc
mount --bind proc/sys proc/sys
mount -o remount,bind,ro proc/sys
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs -o mode=1777 tmpfs tmp
mount -t tmpfs -o mode=755 tmpfs dev
for device in null zero full random urandom tty; do
	touch "dev/$device"
	mount --bind "/dev/$device" "dev/$device"
done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
mount -t tmpfs -o mode=1777 tmpfs dev/shm
# A control group below the caller's is the root of those of the machine.
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
group=sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)/$name
mkdir "$group"
echo 0 >"$group/cgroup.procs"
umount sys/fs/cgroup
exec unshare --cgroup sh -euc '
	mount -t cgroup2 cgroup2 sys/fs/cgroup
	mount --move . /
	mount --make-rshared . # systemd mounts credentials in a namespace of their own, and expects them to come over
	exec setpriv --bounding-set=-sys_time,-sys_module,-sys_rawio,-mknod,-audit_control \
		env -i container=roomctl PATH=/usr/sbin:/usr/bin \
		chroot . /usr/lib/systemd/systemd --system --unit=basic.target --log-target=journal --show-status=no'
