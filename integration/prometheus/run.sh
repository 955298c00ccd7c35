# run.sh runs one command inside the tree with Prometheus, as a user without rights, with a folder on /srv.
# usage: sh run.sh TREE FOLDER COMMAND [ARGUMENT...]
# The caller gives it mount and process namespaces of its own: the mounts end with them, and so does every process.
set -eu
tree=$1 folder=$2
shift 2
mount -t proc proc "$tree/proc"
mount --bind /dev "$tree/dev"
mount --bind "$folder" "$tree/srv"
# Changing the user clears the parent-death signal, so setpriv sets it again.
exec chroot "$tree" setpriv --reuid nobody --regid nogroup --clear-groups --pdeathsig KILL env --chdir=/srv "$@"
