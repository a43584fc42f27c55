#!/bin/sh
# Starts the whole self-hosted stack from deploy/ and tests it through its front door. Installs the servers when that is
# possible (root on Debian or Ubuntu), and says what is missing when it is not. Extra words go to pytest.
set -eu
PATH=$PATH:/usr/sbin:/sbin
cd "$(dirname "$0")/.."

missing=$(python tests/stack/missing.py --wanted)
if [ -n "$missing" ] && [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
    echo "Installing $missing (Debian packages)"
    mkdir -p /etc/postgresql-common  # the tests start their own server: no other one is wanted
    [ -e /etc/postgresql-common/createcluster.conf ] \
        || echo "create_main_cluster = false" > /etc/postgresql-common/createcluster.conf
    # Several packages.
    # shellcheck disable=SC2086
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing; } > /dev/null || true
fi
missing=$(python tests/stack/missing.py)
if [ -n "$missing" ]; then
    echo "The stack is left out, these Debian packages are missing. As root: apt install $missing"
    exit 0
fi
[ "${1:-}" = --install-only ] && exit 0

echo "== The whole stack"
exec python -m pytest -m stack "$@" tests/stack
