# A supervisor restarts a service that exits with 78 (EX_CONFIG).
ln -s /bin/bash "$1/supervisor"
ln -s /bin/bash "$1/api-server"
echo 'sleep 0.3; exit 78' > prod.conf
cat > services.conf <<'END'
# Waits without a child.
exec 3<> <(:)
while :; do
  api-server prod.conf --port 8080
  read -rt 0.25 -u 3
done
END
PATH=$1:$PATH exec supervisor services.conf
