#!/bin/sh
# The database and its roles, as deploy/postgres/roles.sql says. As often as you like. `make-roles -` reads it from its
# input: that of a newer release than this image is of.
set -eu
exec psql -X -q -h /srv/run -U postgres -d postgres -f "${1:-/opt/biologidex/postgres/roles.sql}"
