# Prints the directory of the cgroup hierarchy whose paths churntop shows.
mounted() { awk -v type="$1" -v option="$2" '$3 == type && $4 ~ option { print $2; exit }' /proc/mounts; }
root=$(mounted cgroup name=systemd)
root=${root:-$(mounted cgroup pids)}
echo "${root:-$(mounted cgroup2 .)}"
