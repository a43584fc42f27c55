#!/bin/sh
# diagnose.sh [--json]: what is wrong with the machine or the installation, and what to do; ends with 1 if it is bad.
# diagnose.sh --bundle FILE.tgz: everything for whoever helps, without secrets and anybody's data. docs/diagnosis.md
# For a server in containers, one of processes, and the embedded one.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
[ "${1:-}" = --bundle ] || exec "$here/in-server.sh" doctor "$@"
file=${2:?diagnose.sh --bundle FILE.tgz}
umask 077
seen=$(mktemp -d)
draft=$file.unfinished
trap 'rm -rf "$seen" "$draft"' EXIT
trap 'exit 1' HUP INT TERM

look() { # NAME COMMAND...: what it says, or that it says nothing; never for longer than ten seconds
    name=$1
    shift
    command -v "$1" > /dev/null 2>&1 || return 0
    timeout 10 "$@" > "$seen/$name" 2>&1 || echo "(ended with $?)" >> "$seen/$name"
}

look system.txt uname -srm
look disks.txt df -h -x tmpfs
look inodes.txt df -i -x tmpfs
look memory.txt free -m
look uptime.txt uptime
look units.txt systemctl list-units --all --no-pager 'biologidex*'
look journal.txt journalctl --no-pager --output=cat --lines=300 --unit='biologidex*'
if command -v docker > /dev/null 2>&1; then
    ours=label=com.docker.compose.project=${COMPOSE_PROJECT_NAME:-biologidex}
    look engine.txt docker version --format '{{.Server.Version}}'
    look containers.txt docker ps --all --filter "$ours" --format 'table {{.Names}}\t{{.Image}}\t{{.Status}}'
    look images.txt docker images --filter reference='*/biologidex*' \
        --format '{{.Repository}}:{{.Tag}} {{.ID}} {{printf "%.19s" .Digest}}'
    running=$(docker ps --filter "$ours" --format '{{.Names}}' 2> /dev/null || true)
    # shellcheck disable=SC2086
    [ -z "$running" ] || look usage.txt docker stats --no-stream $running
    # The application's own logs only: those of the database and of the door may quote what people wrote.
    for name in $(docker ps --all --filter "$ours" --format '{{.Names}}' 2> /dev/null | grep -E 'web|live|worker|beat|migrate'); do
        look "log-$name.txt" docker logs --tail 200 "$name"
    done
fi

if ! tar -C "$seen" -cf - . | "$here/in-server.sh" doctor --bundle - --stdin > "$draft"; then
    echo "No server can be asked: without one only the state of machine and containers is gathered, and no log." >&2
    rm -f "$seen"/log-* "$seen"/journal.txt
    tar -C "$seen" -czf "$draft" .
fi
mv "$draft" "$file"
echo "Look through $file, then send it to whoever helps you."
