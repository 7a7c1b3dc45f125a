#!/usr/bin/env bash
# Stages incidents of the tests for the demo, then runs the given command. It is the first process of a PID namespace, so that
# all processes exit with it.
stages=$(realpath "$(dirname "$0")/../../test/incidents/stages")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for stage in build crash-loop cron-jobs zombies; do
  mkdir "$folder/$stage"
  (cd "$folder/$stage" && exec bash "$stages/$stage.sh" "$folder/$stage") > /dev/null 2>&1 &
done
sleep 4
"$@"
