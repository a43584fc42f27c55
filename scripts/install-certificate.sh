#!/bin/sh
# install-certificate.sh CHAIN.pem KEY.pem: nginx holds this certificate from now on; nobody who is connected notices.
# As a hook of certbot it needs no words: what was renewed is taken if it is for a name of ours, and left alone if not.
# A pair that nginx refuses is not kept. As root.
set -eu
# Domains of certificates may be patterns (*.example.org): for themselves, not for files.
set -f
top=$(cd "$(dirname "$0")/.." && pwd)
etc=${BIOLOGIDEX_ETC:-/etc/biologidex}
# shellcheck disable=SC2034 # state.sh reads it
state=$etc/compose.env
# shellcheck source=/dev/null
. "$top/scripts/state.sh"
[ $# = 2 ] || [ $# = 0 ] && [ -n "${RENEWED_LINEAGE:-$*}" ] || {
    echo "Usage: scripts/install-certificate.sh CHAIN.pem KEY.pem" >&2
    exit 2
}
if [ $# = 0 ]; then
    ours='' names=$(of SERVER_NAMES)
    for name in $names; do
        case " $RENEWED_DOMAINS " in *" $name "* | *" *.${name#*.} "*) ours=yes ;; esac
    done
    [ -n "$ours" ] || { echo "$RENEWED_DOMAINS: no name of ours."; exit 0; }
    set -- "$RENEWED_LINEAGE/fullchain.pem" "$RENEWED_LINEAGE/privkey.pem"
fi
for file; do [ -r "$file" ] || { echo "$file cannot be read." >&2; exit 2; }; done

compose() { BIOLOGIDEX_ETC=$etc sh "$top/scripts/compose.sh" "$@"; }
nginx() { compose exec -T nginx nginx -c /srv/run/nginx.conf -p /srv/run -e stderr "$@"; }
each() { for one in fullchain privkey; do "$@"; done; }
is_known() { cmp -s "$1" "$etc/tls/fullchain.pem" && cmp -s "$2" "$etc/tls/privkey.pem"; }
keep() { if [ -e "$etc/tls/$one.pem" ]; then cp -p "$etc/tls/$one.pem" "$etc/tls/$one.before"; fi; }
put() { mv "$etc/tls/$one.$1" "$etc/tls/$one.pem"; }
trap 'rm -f "$etc/tls/fullchain.before" "$etc/tls/privkey.before"' EXIT

is_known "$1" "$2" || {
    install -d -m 0750 -g 10001 "$etc/tls" # the containers' group reads it
    install -m 0440 -g 10001 "$1" "$etc/tls/fullchain.new"
    install -m 0440 -g 10001 "$2" "$etc/tls/privkey.new"
    each keep
    each put new
}
running=''
[ -z "$(of OPEN)" ] || running=$(compose ps -q --status running nginx) || {
    echo "Whether nginx runs cannot be asked: it may hold the certificate of before. Then call this again." >&2
    exit 1
}
if [ -z "$running" ]; then
    echo "nginx reads the certificate when it starts."
    exit
fi
nginx -t -q || {
    if [ -e "$etc/tls/fullchain.before" ]; then each put before; fi
    echo "nginx does not take this certificate: it goes on with the one before." >&2
    exit 1
}
nginx -s reload
echo "nginx holds the certificate $1."
