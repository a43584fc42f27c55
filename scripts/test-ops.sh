#!/bin/sh
# The drills: containers for real, upgrades under load, restores. Installs what they need when that is possible (root on
# Debian or Ubuntu), and says what is missing when it is not. Extra words go to pytest. `--clean` removes the images that
# earlier runs left in OPS_DIR (/var/tmp/biologidex-ops).
set -eu
PATH=$PATH:/usr/sbin:/sbin
cd "$(dirname "$0")/.."
place=${OPS_DIR:-/var/tmp/biologidex-ops}

if [ "${1:-}" = --clean ]; then
    [ ! -d "$place" ] || PYTHONPATH=tests python -m ops.containers.engine "$place"
    exit
fi
packages="podman runc debootstrap netavark aardvark-dns iptables docker.io"
missing=
for program in podman runc debootstrap iptables docker; do
    command -v "$program" > /dev/null || missing="$missing $program"
done
if [ -n "$missing" ] && [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
    echo "Installing what runs containers (Debian packages)"
    # Several packages.
    # shellcheck disable=SC2086
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages; } \
        > /dev/null || true
fi
python -c 'import sys; sys.path.insert(0, "tests"); from ops.containers.engine import missing; print(*missing())' \
    > "${TMPDIR:-/tmp}/missing.$$"
missing=$(cat "${TMPDIR:-/tmp}/missing.$$")
rm "${TMPDIR:-/tmp}/missing.$$"
if [ -n "$missing" ] || [ "$(id -u)" != 0 ]; then
    echo "The drills with containers are left out: they need root and ${missing:-nothing else}."
    echo "As root: apt install $packages; pip install --require-hashes -r requirements/ops.txt"
    set -- --ignore=tests/ops/containers "$@"
fi

PATH="$PATH" scripts/test-stack.sh --install-only
tools="pgbackrest restic"
if ! { command -v pgbackrest && command -v restic; } > /dev/null && [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
    echo "Installing $tools (Debian packages)"
    # Two packages.
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $tools > /dev/null || true
fi
if ! { command -v pgbackrest && command -v restic; } > /dev/null || [ -n "$(python tests/stack/missing.py)" ]; then
    echo "The backups of PostgreSQL are left out. As root: apt install $tools postgresql"
    set -- --ignore=tests/ops/test_backup_postgres.py "$@"
fi

echo "== The drills"
exec python -m pytest -m ops "$@" tests
