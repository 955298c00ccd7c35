# enter.sh runs a shell script inside a copy of a tree, as root there.
# usage: sh enter.sh ROOT SCRIPT [ARGUMENT...]
# The caller gives it mount and process namespaces of its own: the mounts end with them, and so does every process.
set -eu
root=$1
shift
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
exec chroot "$root" /bin/sh -euc "$@"
