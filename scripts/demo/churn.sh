#!/usr/bin/env bash
# Real churn to film, then the command given: a build, a crash loop, a zombie maker, a cron loop.
# Runs as the first process of a PID namespace of its own, so that its end is the end of all of it.
cast=$(mktemp -d)
trap 'rm -rf "$cast"' EXIT
# A copy's file name is its comm.
for name in cc1 as ld curl pool; do cp /bin/sleep "$cast/$name"; done
for name in make gcc webd leakd cron backup; do cp /bin/bash "$cast/$name"; done
own=$PATH
PATH=$cast:$PATH
make -c 'while :; do for i in 1 2 3; do gcc -c "cc1 0.$((RANDOM % 6 + 2)); as 0.05; :" & done; wait; ld 0.3; done' &
cron -c 'while :; do backup -c "curl 0.4; :"; sleep 1.1; done' &
bash -c 'while :; do webd -c "sleep 0.5; exit 1"; sleep 0.6; done' &
# Who execs after forking never reaps what it forked.
bash -c 'while :; do leakd -c "sleep 0.2 & sleep 0.4 & exec pool 7"; done' &
sleep 2.5
PATH=$own "$@"
