#!/bin/sh
# prune-images.sh [--dry-run] [COUNT]: removes old images of this server, all but the newest COUNT (20) of each. Those that
# compose.env names always stay: both sides, the release that --rollback goes back to, what backs up, and what they stand on.
set -eu
dry=''
[ "${1:-}" != --dry-run ] || { dry=yes && shift; }
count=${1:-20}
case $count in *[!0-9]*) echo "Usage: scripts/prune-images.sh [--dry-run] [COUNT]" >&2; exit 2 ;; esac
state=${BIOLOGIDEX_ETC:-/etc/biologidex}/compose.env
# shellcheck source=/dev/null
. "$(dirname "$0")/state.sh"

blue=$(of BLUE) green=$(of GREEN) release=$(of RELEASE) services=$(of SERVICES) prefix=$(of IMAGES)
previous=$(of PREVIOUS) cut_off=$(of CUT_OFF)
[ -n "$blue" ] && [ -n "$green" ] && [ -n "$release" ] && [ -n "$services" ] || {
    echo "$state does not say what must stay. Nothing was removed." >&2
    exit 1
}
for name in biologidex biologidex-backup biologidex-nginx biologidex-pgbouncer biologidex-redis biologidex-postgres \
    biologidex-exporters; do
    image=${prefix:-localhost}/$name
    docker image ls --format '{{.Tag}}' "$image" | grep -v '^<none>$' | tail -n +$((count + 1)) | while read -r version; do
        case $version in "$blue" | "$green" | "$release" | "$previous" | "$cut_off" | "$services") continue ;; esac
        if [ -n "$dry" ]; then echo "would remove $image:$version"; continue; fi
        docker image rm "$image:$version" > /dev/null && echo "Removed $image:$version" || true # the engine says why not
    done
done
[ -n "$dry" ] || docker image prune -f > /dev/null # what no name leads to any more
