#!/bin/sh
# Resolves pyproject.toml into requirements/*.txt: exact versions with hashes, for every supported Python,
# and no address of any index. uv is fetched into a throw-away environment.
set -eu
cd "$(dirname "$0")/.."
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
python3 -m venv "$tools/venv"
"$tools/venv/bin/pip" --disable-pip-version-check install --quiet uv
compile() {
    "$tools/venv/bin/uv" pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
        --no-header --no-annotate --quiet "$@"
}
compile pyproject.toml -o requirements/base.txt
compile pyproject.toml -c requirements/base.txt --extra storages -o requirements/storages.txt
compile pyproject.toml -c requirements/base.txt --extra backup -o requirements/backup.txt
compile pyproject.toml -c requirements/base.txt --extra otel -o requirements/otel.txt
compile pyproject.toml -c requirements/base.txt --extra test -o requirements/test.txt
compile pyproject.toml -c requirements/base.txt --extra test --extra bench -o requirements/dev.txt
compile pyproject.toml -c requirements/test.txt --extra test --extra ops -o requirements/ops.txt
# Two that stand alone: the audit's tools have an environment of their own, and the photographs' packages are data,
# so that what they would need to run is left out.
alone() {
    python3 - "$1" > "$tools/$1.in" <<'PYTHON'
import sys, tomllib
with open("pyproject.toml", "rb") as project:
    print("\n".join(tomllib.load(project)["project"]["optional-dependencies"][sys.argv[1]]))
PYTHON
    name=$1
    shift
    compile "$tools/$name.in" "$@" -o "requirements/$name.txt"
}
alone audit
alone photos --no-deps
