#!/bin/sh
# make-alerts.sh [FOLDER]: who is told what (deploy/alertmanager), filled in from FOLDER/alerts.env, which is made empty
# if it is not there. What comes of it is for root and the containers alone. As root; as often as you like.
set -eu
etc=${1:-/etc/biologidex}
top=$(cd "$(dirname "$0")/.." && pwd)
template=$top/deploy/alertmanager/alertmanager.yml
told=$etc/alerts.env
umask 027

[ -e "$told" ] || {
    cat > "$told" << 'END'
# Who is told when something is wrong (docs/monitoring.md). Fill this in and run scripts/make-alerts.sh again.
# Every alert by mail: to whom, from whom, and the mail server with its port (mail.example.org:587). Its password goes
# into secrets/biologidex_smtp_password; the name may be empty for a server that asks for none.
ALERT_EMAIL=
ALERT_FROM=
SMTP_HOST=
SMTP_USERNAME=
# What cannot wait, too: an address that ntfy, Slack or a pager gave you.
ALERT_WEBHOOK_URL=
# Asked every five minutes, and calls you when it is not: a service on another machine.
SIGN_OF_LIFE_URL=
END
    echo "Made $told"
}
of() { sed -n "s/^$1=//p" "$told" | tail -n 1; }
script='' missing=''
for name in ALERT_EMAIL ALERT_FROM SMTP_HOST SMTP_USERNAME ALERT_WEBHOOK_URL SIGN_OF_LIFE_URL; do
    value=$(of "$name")
    case $value in *\"* | *\\*) echo "$told: $name must hold no quotation mark and no backslash." >&2; exit 2 ;; esac
    [ -n "$value" ] || [ "$name" = SMTP_USERNAME ] || missing="$missing $name"
    script="$script;s|\${$name}|$(printf %s "$value" | sed 's/[&|]/\\&/g')|g"
done
[ -z "$missing" ] || {
    echo "Nobody is told of alerts yet: $told wants$missing."
    exit 0
}
install -d -m 0750 -g 10001 "$etc/alertmanager"
sed "$script" "$template" > "$etc/alertmanager/new"
chgrp 10001 "$etc/alertmanager/new"
chmod 0640 "$etc/alertmanager/new"
if cmp -s "$etc/alertmanager/new" "$etc/alertmanager/alertmanager.yml"; then
    rm "$etc/alertmanager/new"
else
    mv "$etc/alertmanager/new" "$etc/alertmanager/alertmanager.yml"
    echo "Made $etc/alertmanager/alertmanager.yml"
fi
