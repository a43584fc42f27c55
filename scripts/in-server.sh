#!/bin/sh
# Runs a command of the server where the server is: `scripts/in-server.sh monitor --once`. In containers, if they run
# here; else with this folder's own environment and data (make run), wherever one calls from; else with what is installed.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
who=web
case ${1:-} in backup | drill | nightly) who=backup ;; esac # it alone sees the database's files and where backups go
if command -v docker > /dev/null 2>&1; then
    found=$(docker ps --quiet --filter label=com.docker.compose.project="${COMPOSE_PROJECT_NAME:-biologidex}" \
        --filter name=$who --filter status=running 2> /dev/null | head -n 1)
    if [ -n "$found" ]; then
        [ -t 0 ] && [ -t 1 ] && exec docker exec -it "$found" biologidex "$@"
        exec docker exec -i "$found" biologidex "$@"
    fi
fi
etc=${BIOLOGIDEX_ETC:-/etc/biologidex}
[ ! -e "$etc/compose.env" ] || { # another would be begun here, or a foreign one changed
    echo "The server is in containers, as $etc/compose.env says, but none that could do it runs: scripts/compose.sh ps" >&2
    exit 2
}
if [ -x "$top/.venv/bin/biologidex" ]; then
    export BIOLOGIDEX_DATA_DIR="${BIOLOGIDEX_DATA_DIR:-$top/var}"
    exec "$top/.venv/bin/biologidex" "$@"
fi
command -v biologidex > /dev/null 2>&1 || { echo "No server of BiologiDex is here: no container runs, nothing is installed." >&2; exit 2; }
exec biologidex "$@"
