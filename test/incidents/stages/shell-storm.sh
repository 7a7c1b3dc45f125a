# A loop forks as fast as it can, at a low priority so that the tests beside it run.
ln -s /bin/bash "$1/deploy-hook"
exec nice -n 19 "$1/deploy-hook" -c 'while :; do /bin/true; /bin/date +%s; done' > /dev/null
