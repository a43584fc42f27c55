#!/bin/sh
# backup.sh: a backup, and the proof that it can be restored, as every night, wherever this server runs. With words it is
# `biologidex backup WORDS`: --list, --verify, --setup. Ends with 0 if all went well. docs/backup.md
set -eu
here=$(cd "$(dirname "$0")" && pwd)
if [ -e "${BIOLOGIDEX_ETC:-/etc/biologidex}/compose.env" ]; then
    run() { "$here/compose.sh" exec backup biologidex "$@"; }
else
    run() { "$here/in-server.sh" "$@"; }
fi
[ $# -eq 0 ] || { run backup "$@"; exit; }
run backup
run drill
