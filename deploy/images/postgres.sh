#!/bin/sh
# PostgreSQL in a container: the files of deploy/postgres, filled in. An empty data folder becomes a new server with the
# roles and the database, or, where POSTGRES_PRIMARY names another server, its replica.
set -eu
export POSTGRES_LISTEN='*' POSTGRES_PORT=5432 POSTGRES_SOCKETS=/srv/run POSTGRES_HBA=/srv/run/pg_hba.conf
config=/srv/run/postgresql.conf

configure() {
    archive
    render /opt/biologidex/postgres/postgresql.conf "$config"
    # Our own networks lead here and nothing else does; what goes over them is encrypted all the same.
    sed -e '/^host  *all  *postgres/a\
hostssl  biologidex   all                    samenet       scram-sha-256\
hostssl  replication  biologidex_replicator  samenet       scram-sha-256' \
        /opt/biologidex/postgres/pg_hba.conf > "$POSTGRES_HBA"
    cat >> "$config" << END
ssl = on
ssl_cert_file = '$PGDATA/server.crt'
ssl_key_file = '$PGDATA/server.key'
ssl_min_protocol_version = 'TLSv1.2'
include = '/srv/run/archive.conf'
include_dir = '/etc/biologidex/postgres'    # what the operator adds: numbers by \`biologidex tune\`, archiving
END
}
archive() { # as soon as backups are set up; until then nobody needs the log
    export PGBACKREST_CONFIG=/etc/biologidex/backup/pgbackrest.conf
    render /opt/biologidex/postgres/archive.conf /srv/run/archive.conf
    # A replica sees no place of backups. Once it is promoted, what it has to archive, such as where the new history of
    # the database begins, waits for the container that goes on with its files.
    if [ -n "${POSTGRES_PRIMARY:-}" ]; then set -- "'false'"; else set -- "'test ! -e $PGBACKREST_CONFIG \|\| \1'"; fi
    sed -i "s|'\(pgbackrest .*\)'|$1|" /srv/run/archive.conf
}
certify() { # itself: this encrypts; who it is, is known by the network
    [ -s "$PGDATA/server.key" ] || openssl req -new -x509 -nodes -days 3650 -subj /CN=biologidex-db -newkey ec \
        -pkeyopt ec_paramgen_curve:prime256v1 -keyout "$PGDATA/server.key" -out "$PGDATA/server.crt" 2> /dev/null
    chmod 0600 "$PGDATA/server.key"
}
make_new() {
    umask 077
    head -c 24 /dev/urandom | base64 > /srv/run/administrator # nobody needs it: they come by the socket file
    initdb -D "$PGDATA" -U postgres --encoding=UTF8 --locale=C.UTF-8 --auth=scram-sha-256 --data-checksums \
        --pwfile=/srv/run/administrator > /dev/null
    rm /srv/run/administrator
    certify
    configure
    pg_ctl -D "$PGDATA" -w -s -o "-c config_file=$config -c listen_addresses='' -c archive_mode=off" start
    make-roles
    pg_ctl -D "$PGDATA" -w -s -m fast stop
}
know_primary() { # where its stream is told to look: after each start, for this is in memory
    printf '%s:5432:*:*:%s\n' "$POSTGRES_PRIMARY" "$(cat /run/secrets/biologidex_replicator_password)" \
        > /srv/run/pgpass
    chmod 0600 /srv/run/pgpass
}
copy_primary() { # by the slot of a copy before, if there is one
    PGPASSFILE=/srv/run/pgpass
    export PGPASSFILE
    copy --create-slot || copy
}
copy() {
    pg_basebackup --write-recovery-conf --slot=replica "$@" \
        --checkpoint=fast --wal-method=stream -d "host=$POSTGRES_PRIMARY user=biologidex_replicator sslmode=require" \
        -D "$PGDATA"
}
follow() { # what is written last into a copy says that it follows: without, it is half of one, or somebody's database
    know_primary
    [ ! -e "$PGDATA/standby.signal" ] || return 0
    if [ -e "$PGDATA/backup_label" ]; then find "$PGDATA" -mindepth 1 -delete; fi
    if [ -s "$PGDATA/PG_VERSION" ]; then
        echo "There is a database in this volume that follows nobody: a replica begins in an empty one." >&2
        exit 1
    fi
    copy_primary
}

if [ "$1" = postgres ]; then
    if [ -n "${POSTGRES_PRIMARY:-}" ]; then follow; elif [ ! -s "$PGDATA/PG_VERSION" ]; then make_new; fi
    certify
    configure
    set -- "$@" -D "$PGDATA" -c "config_file=$config"
fi
exec "$@"
