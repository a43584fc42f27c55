#!/bin/sh
# The drills: containers for real, upgrades under load, restores. Installs what they need when that is possible (root on
# Debian or Ubuntu), and says what is missing when it is not. Extra words go to pytest. `--bounded` runs those for which
# there is time with every change; `--clean` removes the images that earlier runs left in OPS_DIR
# (/var/tmp/biologidex-ops).
set -eu
PATH=$PATH:/usr/sbin:/sbin
cd "$(dirname "$0")/.."
place=${OPS_DIR:-/var/tmp/biologidex-ops}

is_root() { [ "$(id -u)" = 0 ]; }
has() { for program; do command -v "$program" > /dev/null || return 1; done; }
install() {
    is_root && has apt-get || return 0
    echo "Installing $* (Debian packages)"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; } \
        > /dev/null || true
}

drills=ops where=tests
case ${1:-} in
    --clean)
        [ ! -d "$place" ] || PYTHONPATH=tests python -m ops.containers.engine "$place"
        exit
        ;;
    --bounded)
        drills="ops and bounded" where=tests/ops
        shift
        ;;
    *)
        packages="podman runc debootstrap netavark aardvark-dns iptables docker.io"
        # Several packages.
        # shellcheck disable=SC2086
        has podman runc debootstrap iptables docker || install $packages
        has fail2ban-server logrotate || install fail2ban logrotate
        missing=$(PYTHONPATH=tests python -c 'from ops.containers.engine import missing; print(*missing())')
        if [ -n "$missing" ] || ! is_root; then
            echo "The drills with containers are left out: they need root and ${missing:-nothing else}."
            echo "As root: apt install $packages; pip install --require-hashes -r requirements/ops.txt"
            set -- --ignore=tests/ops/containers "$@"
        fi
        ;;
esac

scripts/test-stack.sh --install-only
has pgbackrest restic || install pgbackrest restic
if ! has pgbackrest restic || [ -n "$(python tests/stack/missing.py)" ]; then
    echo "The backups of PostgreSQL are left out. As root: apt install pgbackrest restic postgresql"
    set -- --ignore-glob="tests/ops/test_backup*_postgres.py" "$@"
fi

echo "== The drills"
# Some take their time, and one run waits for another.
exec python -m pytest -o faulthandler_timeout=3600 -m "$drills" "$@" "$where"
