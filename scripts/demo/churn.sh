#!/usr/bin/env bash
# Starts churn for the demo (a build, a crash loop, a parent of zombies, a cron loop), then runs the given command.
# It is the first process of a PID namespace, so that all processes exit with it.
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
# The comm of a copy is its file name.
for name in cc1 as ld curl pool; do cp /bin/sleep "$tools/$name"; done
for name in make gcc supervisor webd leakd cron backup; do cp /bin/bash "$tools/$name"; done
path=$PATH
PATH=$tools:$PATH
make -c 'while :; do for i in 1 2 3; do gcc -c "cc1 0.$((RANDOM % 6 + 2)); as 0.05; :" & done; wait; ld 0.3; done' &
cron -c 'while :; do backup -c "curl 0.4; :"; sleep 1.1; done' &
# A supervisor waits without a child.
supervisor -c 'exec 3<> <(:); while :; do webd -c "sleep 0.5; exit 1"; read -rt 0.6 -u 3; done' &
# A shell that execs after a fork never reaps its child.
bash -c 'while :; do leakd -c "sleep 0.2 & sleep 0.4 & exec pool 7"; done' &
sleep 2.5
PATH=$path "$@"
