#!/bin/sh
# A Redis in a container: `broker` or `cache`, the files of deploy/redis filled in. The application's password is the
# one in its own address; Redis is told hashes only.
set -eu
kind=$1
export REDIS_BIND=0.0.0.0 REDIS_PORT=6379 REDIS_USERS_FILE=/srv/run/users.acl
REDIS_DIR=/data
[ "$kind" = broker ] || REDIS_DIR=/srv/run # the cache writes nothing
hash() { printf %s "$1" | sha256sum | cut -d' ' -f1; }
address=$(cat "/run/secrets/biologidex_${kind}_url")
REDIS_APP_HASH=$(hash "$(printf %s "$address" | sed -n 's|^redis://[^:]*:\([^@]*\)@.*|\1|p')")
REDIS_ADMIN_HASH=$(hash "$(cat /run/secrets/biologidex_redis_admin_password)")
REDIS_EXPORTER_HASH=$(hash "$(cat /run/secrets/biologidex_redis_exporter_password)")
export REDIS_DIR REDIS_APP_HASH REDIS_ADMIN_HASH REDIS_EXPORTER_HASH
render "/opt/biologidex/redis/$kind.acl" "$REDIS_USERS_FILE"
render "/opt/biologidex/redis/$kind.conf" /srv/run/redis.conf
exec redis-server /srv/run/redis.conf
