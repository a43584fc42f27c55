#!/bin/sh
# The database and its roles, as deploy/postgres/roles.sql says. As often as you like.
set -eu
exec psql -X -q -h /srv/run -U postgres -d postgres -f /opt/biologidex/postgres/roles.sql
