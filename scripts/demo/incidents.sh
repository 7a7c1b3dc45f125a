# Stages incidents of the tests for the demo, then runs $CHURNTOP. It is the first process of a PID namespace, so that all
# processes exit with it. The paths are short, because the pictures show them.
for stage in build crash-loop cron-jobs; do
  mkdir "$stage"
  cp "stages/$stage.sh" "$stage/"
  (cd "$stage" && exec bash "$stage.sh" .) > /dev/null 2>&1 &
done
sleep 4
$CHURNTOP
