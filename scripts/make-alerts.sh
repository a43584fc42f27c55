#!/bin/sh
# make-alerts.sh [FOLDER]: who is told what (deploy/alertmanager), filled in from FOLDER/alerts.env, which is made empty
# if it is not there. What comes of it is for root and the containers alone. As root; as often as you like.
set -eu
etc=${1:-/etc/biologidex}
top=$(cd "$(dirname "$0")/.." && pwd)
template=$top/deploy/alertmanager/alertmanager.yml
told=$etc/alerts.env
umask 027

# Who watches reads these where they are, and a clone may have been made for root alone.
chmod -R a+rX "$top/deploy/prometheus" "$top/deploy/grafana" 2> /dev/null || true
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
file=$etc/alertmanager/alertmanager.yml
mail='ALERT_EMAIL ALERT_FROM SMTP_HOST' missing='' given=''
for name in $mail ALERT_WEBHOOK_URL SIGN_OF_LIFE_URL SMTP_USERNAME; do
    case $(of "$name") in
        *\"* | *\\*) echo "$told: $name must hold no quotation mark and no backslash." >&2; exit 2 ;;
        ?*) given=yes ;;
        *) [ "$name" = SMTP_USERNAME ] || missing="$missing $name" ;;
    esac
done
[ -n "$given" ] || {
    echo "Nobody is told of alerts yet: $told wants$missing."
    [ ! -e "$file" ] || echo "But $file is there and stays: whom it names is told."
    exit 0
}
without=$missing
for name in $mail; do case " $missing " in *" $name "*) without="$missing $mail" ;; esac; done # no mail by halves
fill_in() { # sed reads it: its words could be seen by everybody on this machine
    for name in $mail ALERT_WEBHOOK_URL SIGN_OF_LIFE_URL SMTP_USERNAME; do
        case " $without " in
            *" $name "*) echo "/\${$name}/d" ;;
            *) echo "s|\${$name}|$(of "$name" | sed 's/[&|]/\\&/g')|g" ;;
        esac
    done | sed -f - "$template"
}
install -d -m 0750 -g 10001 "$etc/alertmanager"
fill_in > "$etc/alertmanager/new"
chgrp 10001 "$etc/alertmanager/new"
chmod 0640 "$etc/alertmanager/new"
if cmp -s "$etc/alertmanager/new" "$file"; then
    rm "$etc/alertmanager/new"
else
    mv "$etc/alertmanager/new" "$file"
    echo "Made $file"
fi
[ -z "$missing" ] || echo "Not everything is told yet: $told wants$missing."
