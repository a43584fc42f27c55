#!/bin/sh
# promote.sh [--dry-run]: the replica takes the place of the database, under its name, so that everything that asks `db`
# goes on. For when the database's disk is lost or its data is broken. docs/deploy.md, "The replica".
set -eu
dry=
[ "${1:-}" != --dry-run ] || { dry=yes && shift; }
[ $# = 0 ] || { echo "Usage: scripts/promote.sh [--dry-run]" >&2; exit 2; }
etc=${BIOLOGIDEX_ETC:-/etc/biologidex}
top=$(cd "$(dirname "$0")/.." && pwd)
state=$etc/compose.env
say() { echo "$(date +%H:%M:%S) $*"; }
run() { if [ -n "$dry" ]; then echo "         would: $*"; else "$@"; fi; }
of() { sed -n "s/^$1=//p" "$state" | tail -n 1; }
compose() { PROFILES=replica sh "$top/scripts/compose.sh" "$@"; }
ask() { compose exec -T "$1" psql -h /srv/run -XAtq -d postgres -c "$2"; }

[ "$(ask replica 'SELECT pg_is_in_recovery()')" = t ] || { echo "The replica does not answer as one: nothing was done." >&2; exit 1; }
say "Ending the database, so that nobody writes there any more: what it has sent arrives"
run compose stop db
say "The replica becomes a database of its own"
[ -n "$dry" ] || [ "$(ask replica 'SELECT pg_promote(true, 45)')" = t ] || {
    echo "It did not, within 45 s. \`compose start db\` goes back to the one before." >&2
    exit 1
}
run compose stop replica
new=$(of REPLICA_VOLUME) old=$(of PRIMARY_VOLUME)
new=${new:-replica} old=${old:-postgres}
if [ -z "$dry" ]; then
    { sed -e '/^PRIMARY_VOLUME=/d' -e '/^REPLICA_VOLUME=/d' "$state" && printf 'PRIMARY_VOLUME=%s\nREPLICA_VOLUME=%s\n' "$new" "$old"; } \
        > "$state.new"
    mv "$state.new" "$state"
fi
say "It starts as db, from the volume $new"
run compose up -d --no-deps db
tries=0
until [ -n "$dry" ] || [ "$(ask db 'SELECT NOT pg_is_in_recovery()' 2> /dev/null)" = t ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 60 ] || { echo "It does not answer: scripts/compose.sh logs db" >&2; exit 1; }
    sleep 0.5
done
say "Done. There is no replica now. What the database was is still in the volume $old: docs/deploy.md tells what to do with it."
