#!/bin/sh
# test-previous.sh REF [TESTS...]: runs the tests of a release of before on the tables that this tree makes, as its
# server will have to work on them while this one takes over. On PostgreSQL, in a tree of its own.
set -eu
ref=${1:?Usage: scripts/test-previous.sh REF [TESTS...]}
shift
cd "$(dirname "$0")/.."
top=$(pwd)
tree=$(mktemp -d)
trap 'git worktree remove --force "$tree/before" 2> /dev/null; rm -rf "$tree"' EXIT
git worktree add --quiet --detach "$tree/before" "$ref"

# The name is the one that pytest gives its database; with --reuse-db it finds ours and migrates no further.
cat > "$tree/run.sh" << 'SCRIPT'
set -eu
top=$1 before=$2
shift 2
address=${BIOLOGIDEX_DATABASE_URL%/*}
psql -q -X "$BIOLOGIDEX_DATABASE_URL" -c 'CREATE DATABASE test_biologidex'
BIOLOGIDEX_DATA_DIR=$before/var BIOLOGIDEX_DATABASE_URL=$address/test_biologidex PYTHONPATH=$top/src \
    python -c 'from biologidex.config.cli import main; main()' migrate --verbosity 0
# Tests empty all tables between them; what keeps one from being emptied is there for servers.
psql -q -X "$address/test_biologidex" << 'SQL'
DO $$
DECLARE one record;
BEGIN
    FOR one IN SELECT tgrelid::regclass AS its, tgname FROM pg_trigger WHERE tgtype & 32 <> 0 LOOP  -- on TRUNCATE
        EXECUTE format('ALTER TABLE %s DISABLE TRIGGER %I', one.its, one.tgname);
    END LOOP;
END $$;
SQL
cd "$before"
PYTHONPATH=$before/src exec python -m pytest -q -p no:cacheprovider --ignore=tests/browser "$@"
SCRIPT
python tests/stack/postgres.py --no-pool -- sh "$tree/run.sh" "$top" "$tree/before" "${@:-tests}"
