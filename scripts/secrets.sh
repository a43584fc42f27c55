#!/bin/sh
# Fails when a file under version control holds what looks like a secret. What only looks like one is in .secrets.baseline
# (as a hash), or its line ends with `# pragma: allowlist secret`. `scripts/secrets.sh --accept` writes the list anew:
# read its difference before you commit it.
set -eu
cd "$(dirname "$0")/.."
if [ "${1:-}" = --accept ]; then
    # Catalogues, the description of the API and the lock files are made by programs, and long.
    exec detect-secrets scan --no-verify --baseline .secrets.baseline
fi
git ls-files -z | xargs -0 detect-secrets-hook --no-verify --baseline .secrets.baseline
