#!/bin/sh
# Runs the whole suite on SQLite and again on PostgreSQL 15. Installs Chromium, PostgreSQL and Redis when that is
# possible (root on Debian or Ubuntu), and says what is left out when it is not. Extra words go to pytest.
set -eu
PATH=$PATH:/usr/sbin:/sbin  # ldconfig is there, and not everybody has it on the path
cd "$(dirname "$0")/.."

installable() { [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; }
install() {
    echo "Installing $* (Debian packages)"
    if [ -z "${lists_updated:-}" ]; then apt-get update -qq && lists_updated=yes; fi
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" > /dev/null
}
find_browser() {  # and what Playwright needs to drive it
    ldconfig -p | grep -q libatomic.so.1 || return 0
    for name in chromium chromium-browser google-chrome; do command -v "$name" && return; done || true
}
find_initdb() { find /usr/lib/postgresql -path '*/bin/initdb' 2> /dev/null | sort -V | tail -n 1; }

if [ -z "$(find_browser)" ] && installable; then
    install chromium libatomic1 || echo "Chromium could not be installed: the browser tests will be left out."
fi
[ -n "$(find_browser)" ] || echo "Chromium is not installed: the browser tests are left out. As root: apt install chromium libatomic1"
command -v xgettext > /dev/null || ! installable || install gettext || true  # looks for words that nobody translated
if [ -z "$(find_initdb)" ] && installable; then
    mkdir -p /etc/postgresql-common  # the tests start their own server: no other one is wanted
    [ -e /etc/postgresql-common/createcluster.conf ] \
        || echo "create_main_cluster = false" > /etc/postgresql-common/createcluster.conf
    install postgresql pgbouncer || true
fi
find_redis() { command -v redis-server || command -v redis-check-rdb || true; }  # one program under two names
if [ -z "$(find_redis)" ] && installable; then
    install redis-tools || true
fi
[ -n "$(find_redis)" ] || echo "Redis is not installed: the tests of two servers are left out. As root: apt install redis-tools"

only=${1:-}
[ "$only" != --install-only ] || exit 0
[ "$only" != --browser-only ] || shift
asked_for=$#

# One process more than there are cores: nearly half of the time a test waits, for a browser or a server. Whole files,
# because a file's tests share what they start.
set -- -n "$(($(nproc) + 1))" --dist loadfile "$@"

[ "$only" != --browser-only ] || exec python -m pytest -m browser "$@" tests/browser

echo "== The suite on SQLite"
python -m pytest "$@"

if [ -n "$(find_initdb)" ]; then
    echo "== The suite on PostgreSQL, through a pool of one connection"
    # What brings servers of its own, reads no database or is about SQLite's file has had its turn above.
    python tests/stack/postgres.py -- python -m pytest -m "not browser and not stack and not ops" \
        --ignore=tests/stack --ignore=tests/flows --ignore=tests/architecture --ignore=tests/config \
        --ignore=tests/vision/engine --ignore-glob="tests/ops/test_backup*" --ignore-glob="tests/ops/test_alerts*" "$@" \
        || { [ $? = 5 ] && [ "$asked_for" -gt 0 ]; } # 5: of the tests that were asked for none is left here
else
    echo "PostgreSQL is not installed: the second run is left out. As root: apt install postgresql"
fi
