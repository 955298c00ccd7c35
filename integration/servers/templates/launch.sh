# launch.sh runs one command inside a tree, as a user of that tree, with the run folder on /srv.
# usage: sh launch.sh TREE FOLDER USER COMMAND [ARGUMENT...]
# The caller gives it mount and process namespaces of its own: the mounts end with them, and so does
# every process that the command started.
set -eu
tree=$1 folder=$2 user=$3
shift 3
mount -t proc proc "$tree/proc"
mount --bind /dev "$tree/dev"
mount --bind "$folder" "$tree/srv"
chroot "$tree" chown -R "$user:$user" /srv
# Changing the user clears the parent-death signal, so setpriv sets it again.
exec chroot "$tree" setpriv --reuid "$user" --regid "$user" --init-groups --pdeathsig KILL -- "$@"
