#!/bin/sh
# images.sh [--services] VERSION: builds the server's image as VERSION, and the one that backs up, on PostgreSQL's of
# SERVICES (1); or those that it stands on (nginx, pgBouncer, PostgreSQL, Redis). PYTHON_IMAGE and DEBIAN_IMAGE name other bases, best by digest (Dockerfile tells how to ask).
# IMAGES is the prefix of all names (localhost), DOCKER the program that builds (docker; podman will do).
set -eu
cd "$(dirname "$0")/.."
services=
[ "${1:-}" = --services ] && services=yes && shift
version=${1:?Usage: scripts/images.sh [--services] VERSION}
[ "$version" != latest ] || { echo "Name a version: latest says nothing." >&2; exit 2; }
prefix=${IMAGES:-localhost}
docker=${DOCKER:-docker}

if [ -n "$services" ]; then
    for name in nginx pgbouncer redis postgres; do
        "$docker" build -q ${DEBIAN_IMAGE:+--build-arg "DEBIAN_IMAGE=$DEBIAN_IMAGE"} \
            --target "$name" -t "$prefix/biologidex-$name:$version" -f deploy/images/Dockerfile .
    done
    exit
fi
"$docker" build -q ${PYTHON_IMAGE:+--build-arg "PYTHON_IMAGE=$PYTHON_IMAGE"} --target "${TARGET:-production}" \
    --build-arg "VERSION=$version" --build-arg "REVISION=$(git rev-parse --short HEAD 2> /dev/null || echo unknown)" \
    -t "$prefix/biologidex:$version" .
services=${SERVICES:-1} # whose PostgreSQL it backs up
if [ -z "${TARGET:-}" ] && "$docker" image inspect "$prefix/biologidex-postgres:$services" > /dev/null 2>&1; then
    "$docker" build -q --build-arg "POSTGRES_IMAGE=$prefix/biologidex-postgres:$services" \
        -t "$prefix/biologidex-backup:$version" -f deploy/images/Dockerfile.backup .
fi
