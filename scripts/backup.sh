#!/bin/sh
# backup.sh: a backup, and the proof that it can be restored, as every night. With words it is `biologidex backup WORDS`:
# --list, --verify, --setup. Ends with 0 if all went well. docs/backup.md
set -eu
here=$(cd "$(dirname "$0")" && pwd)
if command -v docker > /dev/null 2>&1 && [ -n "$(docker ps --quiet --filter status=running \
    --filter label=com.docker.compose.project="${COMPOSE_PROJECT_NAME:-biologidex}" 2> /dev/null)" ]; then
    echo "The server runs in containers, and those have no backups yet: docs/backup.md. Nothing was backed up." >&2
    exit 2
fi
[ $# -eq 0 ] || exec "$here/in-server.sh" backup "$@"
"$here/in-server.sh" backup
exec "$here/in-server.sh" drill
