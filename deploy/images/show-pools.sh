#!/bin/sh
# show-pools: how many connections are at work and how many wait, as pgBouncer sees it.
set -eu
PGPASSWORD=$(cat /run/secrets/biologidex_monitor_password)
export PGPASSWORD
exec psql -X -h pgbouncer -p 6432 -U biologidex_monitor -d pgbouncer -c "${1:-SHOW POOLS}"
