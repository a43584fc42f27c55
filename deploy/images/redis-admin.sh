#!/bin/sh
# redis-admin WORDS...: asks this container's own Redis as the user who may do everything.
set -eu
REDISCLI_AUTH=$(cat /run/secrets/biologidex_redis_admin_password)
export REDISCLI_AUTH
exec redis-cli --user admin "$@"
