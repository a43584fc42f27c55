#!/bin/sh
# make-secrets.sh [FOLDER]: makes every secret of deploy/compose.production.yaml that is not there yet, each in a file
# of its own that only root and the containers may read. What is there stays. As root.
set -eu
folder=${1:-/etc/biologidex/secrets}
group=10001 # of deploy/images/Dockerfile and Dockerfile
umask 027

install -d -m 0750 -g "$group" "$folder"
random() { head -c "${1:-32}" /dev/urandom | od -An -vtx1 | tr -d ' \n'; }
keep() { # NAME VALUE
    file=$folder/biologidex_$1
    [ -e "$file" ] && return
    printf '%s\n' "$2" > "$file.new"
    chgrp "$group" "$file.new"
    chmod 0440 "$file.new"
    mv "$file.new" "$file"
    echo "Made $file"
}

keep secret_key "$(random 48)"
keep secret_key_fallbacks ""
for role in owner app worker readonly monitor backup replicator; do keep "${role}_password" "$(random)"; done
keep cache_url "redis://cache:$(random)@redis-cache:6379/0"
keep broker_url "redis://broker:$(random)@redis-broker:6379/0"
keep redis_admin_password "$(random)"
keep redis_exporter_password "$(random)"
exporter=$(cat "$folder/biologidex_redis_exporter_password")
keep redis_exporter_passwords "{\"redis://redis-broker:6379\": \"$exporter\", \"redis://redis-cache:6379\": \"$exporter\"}"
keep smtp_password "" # of the mail server that carries alerts
keep replica_url "postgres://biologidex_app:$(cat "$folder/biologidex_app_password")@pgbouncer-replica:6432/biologidex"
keep backup_database_url "postgres://biologidex_backup:$(cat "$folder/biologidex_backup_password")@%2Fsrv%2Frun:5432/biologidex"
keep backup_url "" # where backups go besides: s3://..., gs://..., or /srv/away for a folder (docs/backup.md)
keep metrics_token "$(random)"
keep grafana_password "$(random)"
keep email_url "console://" # mail is printed until a server's address stands here
