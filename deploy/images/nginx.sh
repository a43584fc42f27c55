#!/bin/sh
# nginx in a container: the files of deploy/nginx, filled in. Who answers stands in files from outside, which
# scripts/deploy.sh changes while we run.
set -eu
export NGINX_FOLDER=/srv/run NGINX_RUN=/srv/run NGINX_USER=nginx NGINX_MIME_TYPES=/etc/nginx/mime.types
export NGINX_ACCESS_LOG=/dev/stdout
export MAX_BODY_MB=$((MAX_UPLOAD_MB + 1)) # a little for the form around the photo
for file in nginx.conf headers.conf proxy.conf real_ip.conf ${TLS_CERTIFICATE:+tls.conf}; do
    render "/opt/biologidex/nginx/$file" "$NGINX_FOLDER/$file"
done
echo "include /etc/biologidex/upstream/web.conf;" > "$NGINX_FOLDER/upstream.conf"
echo "include /etc/biologidex/upstream/live.conf;" > "$NGINX_FOLDER/upstream_live.conf"
echo "allow ${ADMIN_FROM};" > "$NGINX_FOLDER/admin_from.conf"
if [ -n "${REFUSED_LOG:-}" ]; then # for fail2ban outside: what it reads, and whom it keeps out
    cat > "$NGINX_FOLDER/banned.conf" << END
# What nobody but nginx refused is no news: who asks too often, and whom fail2ban keeps out already. It could fill a disk.
map "\$status:\$upstream_addr" \$is_refused { ~^4(03|29):\$ 0; ~^4 1; default 0; }
access_log $REFUSED_LOG json if=\$is_refused;
include /etc/biologidex/banned/*.conf;
END
fi
exec "$@"
