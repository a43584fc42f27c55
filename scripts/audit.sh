#!/bin/sh
# audit.sh: asks an advisory database about every package that the image carries (Dockerfile), and fails if one has a known
# weakness or could not be asked about. audit.sh --list FILE: writes these packages with their hashes as CycloneDX instead.
set -eu
cd "$(dirname "$0")/.."
locked=$(mktemp)
trap 'rm -f "$locked"' EXIT
# Each package once: what several files name has the same version in all of them.
awk '/^[^ #]/ { first = !seen[$1]++ } first' \
    requirements/base.txt requirements/storages.txt requirements/otel.txt requirements/backup.txt > "$locked"

if [ "${1:-}" = --list ]; then
    cyclonedx-py requirements "$locked" --pyproject pyproject.toml --output-reproducible --of JSON \
        -o "${2:?Usage: scripts/audit.sh --list FILE}"
else
    # Strict: without a connection every package would be skipped, and nothing found.
    pip-audit --strict --require-hashes --disable-pip -r "$locked" "$@"
fi
