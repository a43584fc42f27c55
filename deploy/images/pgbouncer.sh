#!/bin/sh
# pgBouncer in a container: the file of deploy/pgbouncer, filled in, and who may come.
set -eu
export PGBOUNCER_USERS=/srv/run/users.txt PGBOUNCER_LISTEN=0.0.0.0 PGBOUNCER_PORT=6432
export PGBOUNCER_ADMIN=biologidex_monitor DB_PORT=5432 DB_NAME=biologidex
umask 077
for role in app worker readonly monitor; do
    printf '"biologidex_%s" "%s"\n' "$role" "$(cat "/run/secrets/biologidex_${role}_password")"
done > "$PGBOUNCER_USERS"
render /opt/biologidex/pgbouncer/pgbouncer.ini /srv/run/pgbouncer.ini
echo "server_tls_sslmode = require" >> /srv/run/pgbouncer.ini
exec "$@"
