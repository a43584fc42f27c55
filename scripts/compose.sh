#!/bin/sh
# compose.sh WORDS...: Docker Compose over this installation, with the operator's folder, both sides, and the profiles
# and further files that compose.env names: `scripts/compose.sh ps`, `scripts/compose.sh logs --since 10m nginx`.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
state=${BIOLOGIDEX_ETC:-/etc/biologidex}/compose.env
of() { sed -n "s/^$1=//p" "$state" | tail -n 1; }
more=
for file in ${COMPOSE_MORE:-$(of COMPOSE_MORE)}; do more="$more -f $file"; done
for profile in blue green $(of PROFILES); do more="$more --profile $profile"; done
# Several words.
# shellcheck disable=SC2086
exec docker compose --env-file "$state" -f "$top/deploy/compose.production.yaml" $more "$@"
