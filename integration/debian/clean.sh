# clean.sh removes the control groups that boot.sh made, once the machine has ended.
# usage: sh clean.sh ROOT NAME
# The caller gives it a mount namespace of its own.
set -eu
root=$1 name=$2
mount -t cgroup2 cgroup2 "$root/sys"
group=$root/sys$(sed -n 's/^0:://p' /proc/self/cgroup)/$name
tries=0
# The kernel takes a moment to see that the last process in a group has ended.
while [ -d "$group" ] && ! find "$group" -depth -type d -exec rmdir {} + 2>/dev/null; do
	tries=$((tries + 1))
	if [ "$tries" -gt 100 ]; then
		echo "the control group $group is still in use" >&2
		exit 1
	fi
	sleep 0.05
done
