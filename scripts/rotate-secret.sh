#!/bin/sh
# rotate-secret.sh NAME...: replaces secrets of a server in containers, and nobody notices. Cut off in the middle, it is
# finished by the next call. docs/security.md. As root.
set -eu

usage() {
    cat << END
Usage: scripts/rotate-secret.sh [--dry-run] [--watch SECONDS] --all | NAME...
  secret_key              what the one before has signed counts on, until
  secret_key_fallbacks    is said: from then on only what the newest has signed does
  owner_password app_password worker_password readonly_password monitor_password backup_password replicator_password
  cache_url broker_url redis_admin_password redis_exporter_password
  metrics_token
--all is every one of these but secret_key_fallbacks. --watch is for scripts/deploy.sh, which starts the open release
once more with the new secrets; twice for passwords of the pool. Ends with 0: done, 1: not yet, call it again,
2: called wrongly, 4: another one is running.
END
    exit 2
}

pool='app_password worker_password readonly_password monitor_password'
redis='cache_url broker_url redis_admin_password redis_exporter_password'
all="secret_key owner_password $pool backup_password replicator_password $redis metrics_token"
etc=${BIOLOGIDEX_ETC:-/etc/biologidex}
names='' dry='' watch=20
for word; do [ "$word" != --dry-run ] || dry=yes; done
while [ $# -gt 0 ]; do
    case $1 in
        --all) names=$all ;;
        --dry-run) ;;
        --watch) watch=${2:?seconds} && shift ;;
        *) case " $all secret_key_fallbacks " in *" $1 "*) names="${names:+$names }$1" ;; *) usage ;; esac ;;
    esac
    shift
done
case $watch in *[!0-9]*) usage ;; esac
[ -n "$names" ] || usage

scripts=$(cd "$(dirname "$0")" && pwd)
state=$etc/compose.env secrets=$etc/secrets work=$etc/rotation
[ -f "$state" ] || { echo "$state is not there: scripts/setup.sh makes it." >&2; exit 1; }
say() { echo "$(date +%H:%M:%S) $*"; }
# shellcheck source=/dev/null
. "$scripts/state.sh"
compose() { BIOLOGIDEX_ETC=$etc sh "$scripts/compose.sh" "$@"; }
quietly() { "$@" > "$etc/rotation.log" 2>&1 || { tail -n 20 "$etc/rotation.log" >&2; return 1; }; }
is_on() { case " $(of PROFILES) " in *" $1 "*) ;; *) return 1 ;; esac; } # PROFILE
is_any() { # NAME...: whether one of these is replaced
    for one; do case " $names " in *" $one "*) return 0 ;; esac; done
    return 1
}
step() { # WHAT COMMAND: once, also if this is called again
    if [ -n "$dry" ]; then echo "         would: $1"; return; fi
    ! grep -qxF "$1" "$work/done" || return 0
    say "$1"
    "$2"
    echo "$1" >> "$work/done"
}

# --- What each is made of ---
files_of() { # NAME: it, and those that repeat it
    case $1 in
        app_password) echo "$1 replica_url" ;;
        backup_password) echo "$1 backup_database_url" ;;
        redis_exporter_password) echo "$1 redis_exporter_passwords" ;;
        *) echo "$1" ;;
    esac
}
put() { # into the very files that containers see. With Redis in one step: started anew, it knows these files alone
    # Several words.
    # shellcheck disable=SC2086
    ! is_any $redis || tell_redis '#' "$work/new"
    for name in $names; do
        for file in $(files_of "$name"); do cat "$work/new/biologidex_$file" > "$secrets/biologidex_$file"; done
    done
    ! is_any secret_key || is_any secret_key_fallbacks \
        || cat "$work/before/biologidex_secret_key" "$work/before/biologidex_secret_key_fallbacks" \
            > "$secrets/biologidex_secret_key_fallbacks"
}
hash_of() { sed 's|^redis://[^:]*:\([^@]*\)@.*|\1|' "$1" | tr -d '\n' | sha256sum | cut -c1-64; }
tell_redis() { # SIGN FOLDER: lets the passwords of a folder in (#) or keeps them out (!)
    for service in redis-cache redis-broker; do
        {
            echo "AUTH admin $(cat "$secrets/biologidex_redis_admin_password")"
            for name in $names; do
                case $name:$service in
                    cache_url:redis-cache) user=cache ;;
                    broker_url:redis-broker) user=broker ;;
                    redis_admin_password:*) user='admin' ;;
                    redis_exporter_password:*) user=exporter ;;
                    *) continue ;;
                esac
                echo "ACL SETUSER $user $1$(hash_of "$2/biologidex_$name")"
            done
        } | compose exec -T "$service" redis-cli > "$work/answers" || return 1
        # One that is out already cannot be taken out.
        if grep -v -e '^OK' -e '^$' -e "modifier '!" "$work/answers" >&2; then return 1; fi
    done
}
keep_out() { tell_redis '!' "$work/before"; }
tell_postgres() { quietly compose exec -T db make-roles - < "$scripts/../deploy/postgres/roles.sql"; }
renew() { quietly compose up -d --no-deps --force-recreate --wait "$@"; } # SERVICE...
tell_backups() { renew backup && quietly compose exec -T backup biologidex backup --setup; }
second_pool() { renew pgbouncer-next && set_state POOL pgbouncer-next; }
first_pool() {
    ! is_on replica || renew pgbouncer-replica
    renew pgbouncer && set_state POOL pgbouncer
}
end_second_pool() { quietly compose --profile rotation rm -s -f pgbouncer-next; }
again() { BIOLOGIDEX_ETC=$etc sh "$scripts/deploy.sh" --watch "$watch" --again || [ $? -eq 5 ]; } # 5: told; people are served
renew_replica() { renew replica; }
renew_exporters() { renew postgres-exporter redis-exporter; }

# --- Where we are ---
wanted=$names
if [ -z "$dry" ]; then
    exec 8> "$etc/rotation.lock"
    flock -n 8 || { echo "Another rotation is running." >&2; exit 4; }
    if [ -d "$work" ]; then
        names=$(cat "$work/names")
        say "The one before was cut off and goes on: $names"
    else
        rm -rf "$work.new"
        install -d -m 0700 "$work.new"
        cp -pR "$secrets" "$work.new/before"
        sh "$scripts/make-secrets.sh" "$work.new/new" > /dev/null
        echo "$names" > "$work.new/names"
        touch "$work.new/done"
        mv "$work.new" "$work"
    fi
    trap '[ $? = 0 ] || { say "Not finished. People are served; call this again." >&2; exit 1; }' EXIT
fi

# --- In two steps: let the new ones in, and when nobody uses them any more, keep the old ones out ---
# Several words.
# shellcheck disable=SC2086
{
    writing='Writing the new secrets'
    ! is_any $redis || writing="Redis takes the new passwords besides the old ones. $writing"
    step "$writing" put
    ! is_any owner_password $pool backup_password replicator_password \
        || step "PostgreSQL takes the new passwords; connections that stand go on" tell_postgres
    if is_any $pool; then
        step "A second pool starts, with the new passwords" second_pool
        step "Processes that use the second pool take over" again
        step "The first pool starts anew, with the new passwords" first_pool
        step "Processes that use the first pool take over" again
        step "The second pool ends" end_second_pool
    elif is_any secret_key secret_key_fallbacks cache_url broker_url metrics_token; then
        step "Processes that have read the new secrets take over" again
    fi
    ! is_any $redis || step "Redis takes the old passwords no more" keep_out
    # What may be away comes last: the pool's old password is out by then, whatever these do.
    ! is_any monitor_password redis_exporter_password || ! is_on monitoring \
        || step "Exporters come with their new passwords" renew_exporters
    ! is_any replicator_password || ! is_on replica || step "The replica comes with its new password" renew_replica
    ! is_any backup_password || ! is_on backup || step "Backups come with their new password" tell_backups
}
[ -z "$dry" ] || exit 0
rm -rf "$work"
say "Replaced: $names"
! is_on backup || say "Make a backup, which has them too: scripts/backup.sh"
[ "$names" != "$wanted" ] || exit 0
exec 8>&-
# shellcheck disable=SC2086
exec sh "$0" --watch "$watch" $wanted
