#!/bin/sh
# deploy.sh VERSION: puts a release into service without anybody noticing. It starts beside the one that is open, nginx
# is pointed to it when it can work, and back again if it turns red. docs/deploy.md.
set -eu

usage() {
    cat << END
Usage: scripts/deploy.sh [--canary PERCENT] [--watch SECONDS] [--dry-run] VERSION
       scripts/deploy.sh [--dry-run] --rollback        the release that was open before
       scripts/deploy.sh [--dry-run] --again           the release that is open, started anew: it reads its secrets again
       scripts/deploy.sh --status

Ends with 0: done, 1: refused or never ready, the old release serves as before, 2: called wrongly,
3: the new release turned red and was rolled back, 4: another deployment is running,
5: the release is open, but what backs up is still that of before.
END
    exit 2
}

etc=${BIOLOGIDEX_ETC:-/etc/biologidex}
ready_within=${READY_WITHIN:-180} # seconds; a first start reads the networks from disk
watch=20 canary=0 dry='' rollback='' again='' status='' version=''
while [ $# -gt 0 ]; do
    case $1 in
        --canary) canary=${2:?percent} && shift ;;
        --watch) watch=${2:?seconds} && shift ;;
        --dry-run) dry=yes ;;
        --rollback) rollback=yes ;;
        --again) again=yes ;;
        --status) status=yes ;;
        -*) usage ;;
        *) [ -z "$version" ] || usage; version=$1 ;;
    esac
    shift
done
case $canary$watch in *[!0-9]*) usage ;; esac
[ "$canary" -lt 100 ] || usage
[ -n "$version$rollback$again$status" ] || usage

top=$(cd "$(dirname "$0")/.." && pwd)
state=$etc/compose.env
[ -f "$state" ] || { echo "$state is not there: docs/deploy.md tells how it begins." >&2; exit 1; }

say() { echo "$(date +%H:%M:%S) $*"; }
run() { if [ -n "$dry" ]; then echo "         would: $*"; else "$@"; fi; }
quietly() { # NAME COMMAND...: its words go to a file, and their end is told if it fails
    log=$etc/$1.log
    shift
    if [ -n "$dry" ]; then run "$@"; return; fi
    "$@" > "$log" 2>&1 || { tail -n 20 "$log" >&2; return 1; }
}
# shellcheck source=/dev/null
. "$top/scripts/state.sh"
compose() { BIOLOGIDEX_ETC=$etc sh "$top/scripts/compose.sh" "$@"; }
migrate() { # COMMAND..., or what it is made for. Not by --rm: over podman's socket that loses the exit status.
    ended=0
    compose run --name "biologidex-once-$$" --no-deps -T migrate "$@" || ended=$?
    docker rm -f "biologidex-once-$$" > /dev/null 2>&1 || true
    return $ended
}
page_files() { # VERSION: those of a release that people are on or come to count as new, however long it has been here
    [ -z "$dry" ] || { run page_files "$1"; return; }
    (export RELEASE="$1" && quietly page-files migrate biologidex page-files --publish /srv/static) \
        || say "The page files of $1 were not looked after: what is older than 30 days may be missing." >&2
}
upper() { echo "$1" | tr '[:lower:]' '[:upper:]'; }
other() { if [ "$1" = blue ]; then echo green; else echo blue; fi; }
number() { if [ "$1" = blue ]; then echo 2; else echo 3; fi; } # the tens of a side's addresses
is_on() { case " $(of PROFILES) " in *" $1 "*) ;; *) return 1 ;; esac; }
update_alerts() { # the release brought its own; those that read them keep what they had if they cannot
    is_on monitoring || return 0
    run sh "$top/scripts/make-alerts.sh" "$etc" && run compose kill -s HUP prometheus alertmanager && return
    say "The alerts are still those of before: scripts/compose.sh restart prometheus alertmanager" >&2
}
update_backups() { # what backs up is of the release that is open: it knows the tables
    is_on backup || return 0
    say "Backups are made by $version from now on"
    run compose up -d --no-deps backup && return
    say "The backup service of $version does not start: backups are made by the release of before, if at all." >&2
    exit 5
}
processes() { echo "web-$1-1 web-$1-2 live-$1 worker-$1 beat-$1"; }

# --- How a side is ---
is_ready() { # THE END OF ITS ADDRESS: by the way that people's requests take, from nginx
    compose exec -T nginx curl -sf -m 4 -o /dev/null -H 'Host: localhost' "http://$net.$1:8000/ready/"
}
works() { compose exec -T "$1" python3 -IS /app/deploy/healthcheck.py work; }
ill() { # SIDE: prints the first process of it that is not well
    at=$(number "$1")
    for one in "web-$1-1 ${at}1" "web-$1-2 ${at}2" "live-$1 ${at}3"; do
        is_ready "${one#* }" > /dev/null 2>&1 || { echo "${one% *}"; return; }
    done
    for one in "worker-$1" "beat-$1"; do works "$one" > /dev/null 2>&1 || { echo "$one"; return; }; done
}
wait_until_well() { # SIDE
    end=$(($(date +%s) + ready_within))
    while who=$(ill "$1") && [ -n "$who" ]; do
        [ "$(date +%s)" -lt "$end" ] || { say "$who is not ready after $ready_within s. Its last words:"
            compose logs --no-log-prefix --tail 15 "$who" >&2 || true; return 1; }
        sleep 1
    done
}
bring_up() { # SIDE: with all that it needs
    # shellcheck disable=SC2046
    run compose up -d --wait --wait-timeout 300 nginx $(processes "$1") || {
        say "It does not start. Last words of what comes first:" >&2
        compose logs --tail 10 db migrate "web-$1-1" >&2 || true
        exit 1
    }
    [ -n "$dry" ] || wait_until_well "$1" || exit 1
}
errors() { # SIDE SINCE: nginx's lines of this side's answers that were errors of the server, or did not come
    compose logs --no-log-prefix --since "$2" nginx 2> /dev/null \
        | grep "\"upstream\":\"[^\"]*\.$(number "$1")[0-9]:.*\"upstream_status\":\"[^\"]*5[0-9][0-9]" || true
}
stays_well() { # SIDE SECONDS: false as soon as it is red twice in a row, or has answered five errors
    since=$(date -u +%Y-%m-%dT%H:%M:%SZ) end=$(($(date +%s) + $2)) red=0
    while [ "$(date +%s)" -lt "$end" ]; do
        who=$(ill "$1")
        if [ -n "$who" ]; then red=$((red + 1)); else red=0; fi
        wrong=$(errors "$1" "$since" | tail -n 5)
        if [ "$red" -ge 2 ] || [ "$(echo "$wrong" | grep -c .)" -ge 5 ]; then
            say "RED: ${who:-nobody} is not well; the last errors of the $1 side, if any:"
            echo "$wrong" >&2
            return 1
        fi
        sleep 1
    done
}

# --- Whom nginx asks ---
servers() { # SIDE WORDS
    for last in 1 2; do echo "server $net.$(number "$1")$last:8000 max_fails=1 fail_timeout=2s $2;"; done
}
nginx() { compose exec -T nginx nginx -c /srv/run/nginx.conf -p /srv/run -e stderr "$@"; }
point() { # SIDE-OF-STREAMS, and on the standard input the servers
    [ -z "$dry" ] || { sed 's/^/         would ask: /'; return 0; }
    mkdir -p "$etc/upstream" "$etc/backup"
    cat > "$etc/upstream/web.new"
    echo "server $net.$(number "$1")3:8000 max_fails=0;" > "$etc/upstream/live.new"
    chmod 0644 "$etc/upstream/web.new" "$etc/upstream/live.new"
    for one in web live; do
        if [ -e "$etc/upstream/$one.conf" ]; then cp -p "$etc/upstream/$one.conf" "$etc/upstream/$one.before"; fi
        mv "$etc/upstream/$one.new" "$etc/upstream/$one.conf"
    done
    [ -n "${first:-}" ] || reload
}
reload() {
    nginx -t -q 2> /dev/null && nginx -s reload && return 0
    for one in web live; do mv "$etc/upstream/$one.before" "$etc/upstream/$one.conf"; done
    say "nginx does not take the new upstreams: it goes on with those of before." >&2
    return 1
}
let_drain() { # until nginx's processes of before have answered those who had come to them
    [ -z "$dry" ] || return 0
    tries=0
    while [ "$tries" -lt 60 ] && compose exec -T nginx sh -c 'cat /proc/[0-9]*/cmdline' 2> /dev/null \
        | tr '\0' ' ' | grep -q 'shutting down'; do
        tries=$((tries + 1))
        sleep 1
    done
}
end_side() { # streams first: open pages come again by themselves, and hold no process of nginx any longer
    say "Ending the $1 side: what is in hand there is finished"
    run compose stop "live-$1"
    let_drain
    # shellcheck disable=SC2046
    run compose stop $(processes "$1")
    # shellcheck disable=SC2046
    quietly end compose rm -f $(processes "$1")
}
as_before() { [ -n "$dry" ] || set_state "$(upper "$new")" "$new_was" RELEASE "$old_version" CUT_OFF ''; }
go_back() { # to the old side, which has served or stood by all the while
    say "ROLLBACK to $old_version on the $old side"
    servers "$old" "" | point "$old"
    end_side "$new"
    as_before
    say "$old_version serves as before. $version was taken out."
    exit 3
}

net=$(of FRONT_NET)
net=${net:-10.89.77}
old=$(of OPEN)
if [ -n "$status" ]; then
    echo "Open: ${old:-none}   blue: $(of BLUE)   green: $(of GREEN)"
    compose ps --format '{{.Service}}\t{{.Image}}\t{{.Status}}'
    exit
fi
exec 9> "$etc/deploy.lock"
flock -n 9 || { echo "Another deployment is running." >&2; exit 4; }

if [ -z "$old" ]; then # nobody is served yet
    first=yes
    say "First start of $version, on the blue side"
    [ -n "$dry" ] || set_state BLUE "$version" GREEN "$version" RELEASE "$version" OPEN ''
    servers blue "" | point blue
    bring_up blue
    [ -n "$dry" ] || set_state OPEN blue
    say "$version is open"
    update_backups
    exit
fi

new=$(other "$old")
if grep -qs "$net.$(number "$new")" "$etc/upstream/web.conf"; then
    say "The deployment before this one was cut off: the $old side takes everybody again first"
    servers "$old" "" | point "$old"
    let_drain
fi
old_version=$(of "$(upper "$old")") new_was=$(of "$(upper "$new")")
if [ -n "$(of CUT_OFF)" ]; then # while it had the other side
    new_was=$(of CUT_OFF)
    as_before
    end_side "$new"
fi
if [ -n "$rollback" ]; then
    version=$(of PREVIOUS)
    version=${version:-$new_was}
    [ "$version" != "$old_version" ] || { say "Nothing but $version was open here: there is no release of before. Name one." >&2; exit 1; }
fi
[ -z "$again" ] || version=$old_version
images=$(of IMAGES)
image=${images:-localhost}/biologidex:$version
if [ "$version" = "$old_version" ] && [ -z "$again" ]; then
    who=$(ill "$old")
    [ -n "$who" ] || { say "$version is already open, on the $old side."; update_backups; exit; }
    say "$version is open on the $old side, but $who is not well: what does not run is started"
    bring_up "$old"
    update_backups
    exit
fi
why="scripts/images.sh $version builds it"
fetch() {
    [ -z "$dry" ] || { run docker pull -q "$image"; return 0; }
    told=$(docker pull -q "$image" 2>&1 > /dev/null) && return
    [ -z "$images" ] || why=$told
    return 1
}
docker image inspect "$image" > /dev/null 2>&1 || fetch \
    || { docker version > /dev/null 2>&1 || why="Docker does not answer, systemctl status docker says why"
        say "There is no image $image: $why. Nothing was changed." >&2; exit 1; }

say "$old_version is open on the $old side; $version comes on the $new side"
give_up() { as_before; say "$1 $old_version serves as before." >&2; exit 1; }
trap 'set +e; docker rm -f "biologidex-once-$$" > /dev/null 2>&1; give_up "Interrupted."' HUP INT TERM
[ -n "$dry" ] || set_state "$(upper "$new")" "$version" RELEASE "$version" CUT_OFF "$new_was"

if [ -z "$rollback$again" ]; then # the schema only grows: a release of before knows what it needs to
    say "Looking whether $old_version can live with the tables of $version"
    run migrate biologidex expand-only --serving "$old_version" || give_up "Its migrations are refused."
    say "Preparing the database and the page files"
    # Those of this release: the server's image may be of an older one.
    run compose exec -T db make-roles - < "$top/deploy/postgres/roles.sql" \
        || give_up "The roles of the database could not be brought up to date."
    page_files "$old_version" # which may have to serve on: others that are old go now
    quietly prepare migrate || give_up "The database could not be prepared."
fi
[ -z "$rollback" ] || { page_files "$old_version" && page_files "$version"; }

trap 'set +e; say "Interrupted."; go_back' HUP INT TERM
say "Starting $version beside it"
# shellcheck disable=SC2046
quietly start compose up -d --no-deps --force-recreate $(processes "$new") \
    || { end_side "$new"; give_up "It does not start."; }
[ -n "$dry" ] || wait_until_well "$new" || { end_side "$new"; give_up "$version never got ready."; }

if [ "$canary" -gt 0 ]; then
    say "$canary % of all requests go to $version for $watch s"
    { servers "$new" "weight=$canary"; servers "$old" "weight=$((100 - canary))"; } | point "$old" || go_back
    [ -n "$dry" ] || stays_well "$new" "$watch" || go_back
fi
say "Opening the $new side; the $old side stands by for $watch s"
{ servers "$new" ""; servers "$old" backup; } | point "$new" || go_back
[ -n "$dry" ] || stays_well "$new" "$watch" || go_back
servers "$new" "" | point "$new" || go_back
trap '' HUP INT TERM # from here on it is only tidied up
previous=$old_version
[ -z "$again" ] || previous=$(of PREVIOUS)
[ -n "$dry" ] || set_state OPEN "$new" PREVIOUS "${previous:-$new_was}" CUT_OFF ''
end_side "$old"
say "$version is open on the $new side"
update_alerts
update_backups
