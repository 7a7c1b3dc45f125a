# A service starts eight workers a second, and a container starts a health check every second.
root=$(bash "${0%/*}/cgroup-root.sh")
service=$root/system.slice/thumbnails.service
container=$root/system.slice/docker-4f5e6a7b8c9d0a1b2c3d4e5f60718293a4b5c6d7e8f901234567890abcdef012.scope
mkdir -p "$service" "$container"
# Removes the cgroups after the stage, in a session of its own because the stage is killed. Another stage may still use them.
setsid bash -c '
  exec 3<> <(:)
  while kill -0 "$1"; do read -rt 0.5 -u 3; done
  read -rt 0.5 -u 3
  rmdir "$2/thumbnails.service" "$2"/docker-4f5e6a7b8c9d*.scope "$2"' - $$ "$root/system.slice" 2> /dev/null &
for name in thumbnails entrypoint; do ln -s /bin/bash "$1/$name"; done
for name in resize health-check; do ln -s /bin/sleep "$1/$name"; done
PATH=$1:$PATH
exec 3<> <(:)
(echo 0 > "$service/cgroup.procs"; exec thumbnails -c 'while :; do resize 0.1; read -rt 0.02 -u 3; done') &
(echo 0 > "$container/cgroup.procs"; exec entrypoint -c 'while :; do health-check 0.1; read -rt 0.9 -u 3; done') &
wait
