#!/bin/sh
# compose.sh WORDS...: Docker Compose over this installation, with the operator's folder, both sides, and the profiles
# and further files that compose.env names: `scripts/compose.sh ps`, `scripts/compose.sh logs --since 10m nginx`.
# `web`, `live`, `worker` and `beat` are those of the side that is open; `exec web` asks the first of the two.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
etc=${BIOLOGIDEX_ETC:-/etc/biologidex}
state=$etc/compose.env
# shellcheck source=/dev/null
. "$top/scripts/state.sh"

verb=${1:-} open=$(of OPEN) inside=
for word; do
    shift
    [ -n "$inside" ] || [ -z "$open" ] || case $word in
        web) [ "$verb" = exec ] || set -- "$@" "web-$open-2"; word=web-$open-1 ;;
        live | worker | beat) word=$word-$open ;;
    esac
    case $verb:$word in exec:exec | run:run | *:-*) ;; exec:* | run:*) inside=yes ;; esac # from here on a command's own
    set -- "$@" "$word"
done
[ "$verb" != exec ] || { [ -t 0 ] && [ -t 1 ]; } || { shift && set -- exec -T "$@"; }

more=
for file in ${COMPOSE_MORE:-$(of COMPOSE_MORE)}; do
    case $file in /*) ;; *) file=$top/$file ;; esac # wherever one calls from: certbot does from its own folder
    more="$more -f $file"
done
for profile in blue green $(of PROFILES) ${PROFILES:-}; do more="$more --profile $profile"; done
settings=
[ ! -e "$etc/biologidex.env" ] || settings="--env-file $etc/biologidex.env" # what nginx must know as well
# Several words.
# shellcheck disable=SC2086
exec docker compose $settings --env-file "$state" -f "$top/deploy/compose.production.yaml" $more "$@"
