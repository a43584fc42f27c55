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
[ -f "$state" ] || { echo "$state is not there: scripts/setup.sh makes it." >&2; exit 1; }
say() { echo "$(date +%H:%M:%S) $*"; }
run() { if [ -n "$dry" ]; then echo "         would: $*"; else "$@"; fi; }
# shellcheck source=/dev/null
. "$top/scripts/state.sh"
is_on() { case " $(of PROFILES) " in *" $1 "*) ;; *) return 1 ;; esac; }
compose() { PROFILES=replica sh "$top/scripts/compose.sh" "$@"; }
ask() { compose exec -T "$1" psql -h /srv/run -XAtq -d postgres -c "$2"; }

exec 9> "$etc/deploy.lock"
flock -n 9 || { echo "A deployment or a restore is running." >&2; exit 4; }

was=$(of PROMOTING) # the two volumes, if this was cut off
# Whoever went back to the database of before, where people have written since, begins anew.
if [ -n "$was" ] && [ "$(of PRIMARY_VOLUME)" != "${was%/*}" ] \
    && [ "$(ask db 'SELECT NOT pg_is_in_recovery()' 2> /dev/null)" = t ]; then was=''; fi
if [ -z "$was" ]; then
    [ "$(ask replica 'SELECT pg_is_in_recovery()')" = t ] || { echo "The replica does not answer as one: nothing was done." >&2; exit 1; }
    new=$(of REPLICA_VOLUME) old=$(of PRIMARY_VOLUME)
    was=${new:-replica}/${old:-postgres}
fi
new=${was%/*} old=${was#*/}
cut_off() {
    say "Not finished, and nobody is served: call this again to go on." >&2
    [ "$(of PRIMARY_VOLUME)" = "$new" ] || say "Back to the database of before: scripts/compose.sh start db" >&2
}
trap '[ $? = 0 ] || cut_off' EXIT
if [ "$(of PRIMARY_VOLUME)" != "$new" ]; then
    say "Ending the database, so that nobody writes there any more: what it has sent arrives"
    [ -n "$dry" ] || set_state PROMOTING "$was"
    run compose stop db
    say "The replica becomes a database of its own"
    run compose up -d --no-deps --wait replica
    [ -n "$dry" ] || [ "$(ask replica 'SELECT NOT pg_is_in_recovery() OR pg_promote(true, 45)')" = t ] || {
        echo "It did not, within 45 s." >&2
        exit 1
    }
    [ -n "$dry" ] || set_state PRIMARY_VOLUME "$new" REPLICA_VOLUME "$old"
fi
run compose stop replica
say "It starts as db, from the volume $new"
run compose up -d --no-deps db
tries=0
until [ -n "$dry" ] || [ "$(ask db 'SELECT NOT pg_is_in_recovery()' 2> /dev/null)" = t ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 60 ] || { echo "It does not answer: scripts/compose.sh logs db" >&2; exit 1; }
    sleep 0.5
done
# It reads the files of the database, which are in the other volume now.
! is_on backup || run compose up -d --no-deps backup \
    || say "What backs up does not start: scripts/compose.sh up -d --no-deps backup" >&2
[ -n "$dry" ] || set_state PROMOTING ''
say "Done. There is no replica now. What the database was is still in the volume $old: docs/deploy.md tells what to do with it."
