#!/bin/sh
# Runs a command of the server where the server is: `scripts/in-server.sh monitor --once`. In containers, if they run
# here; else with this folder's own environment (make run); else with what is installed.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
if command -v docker > /dev/null 2>&1; then
    web=$(docker ps --quiet --filter label=com.docker.compose.project="${COMPOSE_PROJECT_NAME:-biologidex}" \
        --filter name=web --filter status=running 2> /dev/null | head -n 1)
    if [ -n "$web" ]; then
        [ -t 0 ] && [ -t 1 ] && exec docker exec -it "$web" biologidex "$@"
        exec docker exec -i "$web" biologidex "$@"
    fi
fi
[ -x "$top/.venv/bin/biologidex" ] && exec "$top/.venv/bin/biologidex" "$@"
command -v biologidex > /dev/null 2>&1 || { echo "No server of BiologiDex is here: no container runs, nothing is installed." >&2; exit 2; }
exec biologidex "$@"
