#!/bin/sh
# restore.sh: brings a server in containers back from its backups, the newest or as it was at a time. docs/backup.md.
set -eu

usage() {
    cat << END
Usage: scripts/restore.sh [--at TIME] [--identity FILE] [--from PLACE --version VERSION]
  --at TIME        as it was then (UTC), like 2026-03-09T14:30:00; unsaid: the newest that there is
  --identity FILE  the private key, on a machine that has lost the keys of its backups or never had them
  --from PLACE     where the backups are, on a new machine: /srv/away (BACKUP_AWAY in compose.env), gs://BUCKET/FOLDER, or -
                   for an address with a secret in it, which is read from the standard input
  --version VERSION  on a new machine: the release to restore with, whose images are built; the one of before or newer

People are told "back in a moment" meanwhile. The database of before stays in its volume, photos that are there stay.
END
    exit 2
}

etc=${BIOLOGIDEX_ETC:-/etc/biologidex}
at='' identity='' from='' version=''
while [ $# -gt 0 ]; do
    case $1 in
        --at) at=${2:?time} && shift ;;
        --identity) identity=${2:?file} && shift ;;
        --version) version=${2:?version} && shift ;;
        --from) from=${2:?place} && shift ;;
        *) usage ;;
    esac
    shift
done
case $at in *[!0-9TZ:+.-]*) usage ;; esac
case $from in *@*) echo "--from: a secret belongs into no command line: say - and type it." >&2; exit 2 ;; esac
[ -z "$identity" ] || [ -r "$identity" ] || { echo "$identity cannot be read." >&2; exit 2; }
[ "$(id -u)" = 0 ] || { echo "This changes the system: run it as root." >&2; exit 1; }

scripts=$(cd "$(dirname "$0")" && pwd)
state=$etc/compose.env
[ -f "$state" ] || { echo "$state is not there: scripts/setup.sh --no-start makes it." >&2; exit 1; }
say() { echo "$(date +%H:%M:%S) $*"; }
# shellcheck source=/dev/null
. "$scripts/state.sh"
compose() { "$scripts/compose.sh" "$@"; }
is_on() { case " $(of PROFILES) " in *" $1 "*) ;; *) return 1 ;; esac; }
[ "$from" != - ] || read -r from
exec 9> "$etc/deploy.lock"
flock -n 9 || { echo "A deployment is running." >&2; exit 4; }
if [ -z "$(of RELEASE)" ]; then
    [ -n "$version" ] || { echo "--version: which release restores?" >&2; exit 2; }
    set_state BLUE "$version" GREEN "$version" RELEASE "$version"
fi
open=$(of OPEN)
now=$(date -u +%Y%m%d%H%M%S) one=biologidex-restore-$$
processes='' volume=''
[ -z "$open" ] || processes="web-$open-1 web-$open-2 live-$open worker-$open beat-$open"
is_on replica && replica='replica pgbouncer-replica' || replica=

# Of one that was killed:
rm -rf "$etc/secrets/restored"
url=$etc/secrets/biologidex_backup_url
from_before() { if [ -e "$url.before" ]; then mv "$url.before" "$url"; fi; }
from_before
# What people were served from: of a restore before this one too, if that was cut off.
before=$(of RESTORE_BEFORE)
[ -n "$before" ] || before="$(of POSTGRES_VOLUME)/$(of PRIMARY_VOLUME)/$(of REPLICA_STORE)/$(of REPLICA_VOLUME)"
IFS=/ read -r store primary replica_store replica_volume << END
$before
END
as_before() {
    set_state POSTGRES_VOLUME "$store" PRIMARY_VOLUME "$primary" REPLICA_STORE "$replica_store" \
        REPLICA_VOLUME "$replica_volume" RESTORE_BEFORE ''
    from_before
    rm -rf "$etc/secrets/restored"
}
start() {
    # What was restored knows the passwords of its time, everybody else those of now.
    { compose up -d --no-deps --wait db && compose exec -T db make-roles - < "$scripts/../deploy/postgres/roles.sql"; } \
        > "$etc/start.log" 2>&1 \
        || { tail -n 20 "$etc/start.log" >&2; return 1; }
    # On a new machine scripts/setup.sh starts everything, and first tells PostgreSQL how much memory there is.
    [ -n "$open" ] || { compose stop db > "$etc/start.log" 2>&1; return; }
    is_on backup && processes="$processes backup"
    # shellcheck disable=SC2086
    compose up -d --no-deps pgbouncer $processes $replica > "$etc/start.log" 2>&1 \
        || { tail -n 20 "$etc/start.log" >&2; return 1; }
}
failed() {
    set +e # nobody may be there any more to whom anything could be said
    trap '' HUP INT TERM
    docker rm -f "$one" > /dev/null 2>&1
    [ -z "$volume" ] || docker volume rm "${COMPOSE_PROJECT_NAME:-biologidex}_$volume" > /dev/null 2>&1
    as_before
    say "Nothing was restored." >&2
    [ -n "$open" ] || exit 1
    say "What was there before starts again" >&2
    if start; then say "It serves again." >&2; else say "It does not start: scripts/compose.sh logs db" >&2; fi
    exit 1
}
trap failed HUP INT TERM
say "Stopping what uses the database"
# Several words.
# shellcheck disable=SC2086
[ -z "$open" ] || compose stop $processes backup $replica pgbouncer db > /dev/null 2>&1 || true
# shellcheck disable=SC2086
compose rm -f db backup $replica > /dev/null 2>&1 || true
if [ -n "$from" ]; then
    if [ -e "$url" ]; then cp -p "$url" "$url.before"; fi
    printf '%s\n' "$from" > "$url.new"
    chgrp 10001 "$url.new" && chmod 0440 "$url.new"
    mv "$url.new" "$url"
fi
volume=postgres-$now
# A replica copies what was restored anew: that of before has what is undone now, and would be read.
set_state POSTGRES_VOLUME "$volume" PRIMARY_VOLUME postgres REPLICA_STORE "replica-$now" REPLICA_VOLUME replica \
    RESTORE_BEFORE "$before" PROMOTING ''
restore() { # --latest, or --at TIME
    ended=0
    compose --profile restore run --name "$one" --no-deps -T \
        ${identity:+-v "$(realpath "$identity"):/run/identity:ro" -e BIOLOGIDEX_BACKUP_SECRETS_DIR=/etc/biologidex/secrets/restored} \
        restore biologidex restore "$@" ${identity:+--identity /run/identity} || ended=$?
    docker rm -f "$one" > /dev/null 2>&1 || true
    return $ended
}
renew() { # SERVICE...: with the secrets that are there now. What is restored serves all the same
    compose up -d --no-deps --force-recreate "$@" > /dev/null 2>&1 \
        || say "Not everything has the secrets of before: scripts/compose.sh up -d --no-deps --force-recreate $*" >&2
}
say "Restoring into the new volume $volume"
if [ -n "$at" ]; then set -- --at "$at"; else set -- --latest; fi
restore "$@" || failed
trap - HUP INT TERM
if [ -n "$identity" ]; then
    # Those of before are what the roles of the database know, and what people's sessions are signed with.
    for file in "$etc/secrets/restored"/*; do
        [ "$file" = "$etc/secrets/restored/biologidex_backup_url" ] || [ ! -f "$file" ] \
            || install -m 0440 -g 10001 "$file" "$etc/secrets/"
    done
    rm -rf "$etc/secrets/restored"
    [ -z "$open" ] || renew redis-broker redis-cache
    [ -z "$open" ] || ! is_on monitoring || renew prometheus alertmanager postgres-exporter redis-exporter
fi
rm -f "$url.before"
set_state RESTORE_BEFORE ''
[ "${primary:-postgres}" != replica ] || store=${replica_store:-replica} # that of a replica that was promoted
say "Starting on what was restored"
start || { say "It was restored into the volume $volume, but does not start; the database of before is in ${store:-postgres}." >&2; exit 1; }
say "Restored. The database of before is in the volume ${store:-postgres}. Make a new backup: scripts/backup.sh"
