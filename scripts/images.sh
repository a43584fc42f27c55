#!/bin/sh
# images.sh [--fresh] [--services] VERSION: builds the server's image as VERSION, and the one that backs up, on
# PostgreSQL's of SERVICES (that of compose.env, or 1); with --services those that the server stands on: nginx, pgBouncer,
# PostgreSQL, Redis, and what Prometheus asks.
# --fresh asks for the newest bases and packages; without it, what did not change here is not built again.
# The bases are those that the Dockerfiles pin by digest, with --fresh the newest of the same release; PYTHON_IMAGE and
# DEBIAN_IMAGE name others. IMAGES is the prefix of all names (that of compose.env, or localhost), DOCKER the program that
# builds (docker; podman will do).
set -eu
cd "$(dirname "$0")/.."
services='' fresh=''
while [ $# -gt 1 ]; do
    case $1 in --services) services=yes ;; --fresh) fresh="--pull --no-cache" ;; *) break ;; esac
    shift
done
version=${1:-}
case $version in '' | -*) echo "Usage: scripts/images.sh [--fresh] [--services] VERSION" >&2; exit 2 ;; esac
[ $# = 1 ] || { echo "One version, please." >&2; exit 2; }
[ "$version" != latest ] || { echo "Name a version: latest says nothing." >&2; exit 2; }
# shellcheck disable=SC2034 # state.sh reads it
state=${BIOLOGIDEX_ETC:-/etc/biologidex}/compose.env
# shellcheck source=/dev/null
. scripts/state.sh
prefix=${IMAGES:-$(of IMAGES)}
prefix=${prefix:-localhost}
docker=${DOCKER:-docker}
# BuildKit makes only what is asked for, and the builder of before everything above it too. Docker 20 has both in it;
# later ones take BuildKit by themselves, where its package is.
case $("$docker" version --format '{{.Client.Version}}' 2> /dev/null || true) in 20.*) export DOCKER_BUILDKIT=1 ;; esac
# Several words.
# shellcheck disable=SC2086
build() { "$docker" build -q $fresh "$@"; }
stands_on() { # NAME DOCKERFILE
    named=$(printenv "$1" || sed -n "s/^ARG $1=//p" "$2")
    [ -z "$fresh" ] || named=${named%@*}
    echo "$named"
}

if [ -n "$services" ]; then
    base=$(stands_on DEBIAN_IMAGE deploy/images/Dockerfile)
    for name in nginx pgbouncer redis postgres exporters; do
        build --build-arg "DEBIAN_IMAGE=$base" --target "$name" -t "$prefix/biologidex-$name:$version" -f deploy/images/Dockerfile .
    done
    exit
fi
# Whose PostgreSQL is backed up.
services=${SERVICES:-$(of SERVICES)}
base=$prefix/biologidex-postgres:${services:-1}
[ -n "${TARGET:-}" ] || "$docker" image inspect "$base" > /dev/null 2>&1 || {
    echo "There is no image $base, on which the one that backs up stands: scripts/images.sh --services ${services:-1}" >&2
    exit 1
}
build --build-arg "PYTHON_IMAGE=$(stands_on PYTHON_IMAGE Dockerfile)" --target "${TARGET:-production}" \
    --build-arg "VERSION=$version" --build-arg "REVISION=$(git rev-parse --short HEAD 2> /dev/null || echo unknown)" \
    -t "$prefix/biologidex:$version" .
[ -z "${TARGET:-}" ] || exit 0
fresh=${fresh:+--no-cache} # its base was made here
build --build-arg "POSTGRES_IMAGE=$base" -t "$prefix/biologidex-backup:$version" -f deploy/images/Dockerfile.backup .
