#!/bin/sh
# How the server is: a dashboard in the terminal, or once (--once, --once --json); ends with 1 if something is red.
# Finds the server in containers, in this folder's environment, or installed. docs/monitoring.md
set -eu
here=$(cd "$(dirname "$0")" && pwd)
exec "$here/in-server.sh" monitor "$@"
