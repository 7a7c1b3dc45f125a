# cron starts different commands, each as `sh -c COMMAND`. One of them fails.
ln -s /bin/bash "$1/cron"
cat > crontab <<'END'
while :; do
  sh -c 'sleep 0.2; test -e /nonexistent/lock || exit 0' &
  sh -c 'sleep 0.4; df -P / | tail -1; exit 0' &
  sh -c 'sleep 0.3; exit 3 # sync-tenant --since yesterday' &
  sleep 0.5
done
END
exec "$1/cron" crontab
