# node.sh runs a Node.js module inside a tree, as a user without rights. The npm packages are on /mnt there, from where
# the module's imports are looked up, and /tmp is empty.
# usage: sh node.sh TREE PACKAGES MODULE
# The caller gives it mount and process namespaces of its own: the mounts end with them, and so does every process.
set -eu
tree=$1 packages=$2 module=$3
mount -t proc proc "$tree/proc"
mount --rbind /dev "$tree/dev"
mount -t tmpfs -o mode=1777 tmpfs "$tree/tmp"
mount --bind "$packages" "$tree/mnt"
# Changing the user clears the parent-death signal, so setpriv sets it again.
exec chroot "$tree" setpriv --reuid nobody --regid nogroup --clear-groups --pdeathsig KILL \
	env --chdir=/mnt node --input-type=module --eval "$module"
