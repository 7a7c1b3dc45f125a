# A scheduler starts a job of 20 ms every second.
ln -s /bin/bash "$1/scheduler"
ln -s /bin/sleep "$1/renew-lease"
PATH=$1:$PATH exec scheduler -c 'exec 3<> <(:); while :; do renew-lease 0.02; read -rt 0.98 -u 3; done'
