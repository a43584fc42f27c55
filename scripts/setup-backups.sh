#!/bin/sh
# setup-backups.sh KEY [PLACE]: from now on the server in containers is backed up every night, sealed to KEY (age1..., by
# `age-keygen` on your own computer) and, with PLACE, kept there too: a mounted folder, gs://BUCKET/FOLDER, or - for an
# address with a secret in it, which is read from the standard input. docs/backup.md. As root; again changes nothing.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
etc=${BIOLOGIDEX_ETC:-/etc/biologidex}
key=${1:-} place=${2:-}
case $key in age1*) ;; *) sed -n '2,4s/^# //p' "$0" >&2; exit 2 ;; esac
[ "$place" != - ] || read -r place
[ "${2:-}" = "-" ] || case $place in *@*) echo "A secret belongs into no command line: say - and type it." >&2; exit 2 ;; esac
case $place in '' | s3://* | gs://* | /*) ;; *) sed -n '2,4s/^# //p' "$0" >&2; exit 2 ;; esac
state=$etc/compose.env
[ -f "$state" ] || { echo "$state is not there: scripts/setup.sh makes it." >&2; exit 1; }

# shellcheck source=/dev/null
. "$top/scripts/state.sh"

install -d -m 0711 -o 999 -g 10001 "$etc/backup" # the account of PostgreSQL in its image
(state=$etc/biologidex.env && set_state BIOLOGIDEX_BACKUP_PUBLIC_KEYS "$key")
add_word PROFILES backup
case $place in
    /*)
        install -d -m 0711 -o 999 -g 10001 "$place"
        set_state BACKUP_AWAY "$place"
        place=/srv/away # where the containers see it
        ;;
    ?*) add_word COMPOSE_MORE "$top/deploy/compose.offsite.yaml" ;;
esac
secret=$etc/secrets/biologidex_backup_url
if [ -n "$place" ] && [ "$(cat "$secret" 2> /dev/null)" != "$place" ]; then
    printf '%s\n' "$place" > "$secret.new"
    chgrp 10001 "$secret.new" && chmod 0440 "$secret.new" && mv "$secret.new" "$secret"
fi
[ -n "$(of OPEN)" ] || exit 0
told=$({ of BACKUP_AWAY && cat "$etc/biologidex.env" "$secret" 2> /dev/null || true; } | cksum | cut -d ' ' -f 1)
again=
[ "$(of BACKUP_TOLD)" = "$told" ] || again=--force-recreate # it is told where to when it starts
echo "Starting what backs up, if it does not run as it should"
BIOLOGIDEX_ETC=$etc "$top/scripts/compose.sh" up -d --wait --no-deps db
BIOLOGIDEX_ETC=$etc "$top/scripts/compose.sh" up -d --no-deps $again backup
set_state BACKUP_TOLD "$told"
