#!/bin/sh
# make-bans.sh [FOLDER]: tells fail2ban on this machine how to keep addresses out at nginx in its container
# (deploy/compose.fail2ban.yaml). As root; as often as you like. docs/security.md, "Whoever keeps trying".
set -eu
etc=${1:-/etc/biologidex}
fail2ban=${FAIL2BAN_DIR:-/etc/fail2ban}
logs=${BIOLOGIDEX_LOG:-/var/log/biologidex}
top=$(cd "$(dirname "$0")/.." && pwd)

# nginx is user 101 of group 10001 there: it writes the log and reads who is out.
install -d -m 0750 -g 10001 "$etc/banned"
install -d -m 0750 -o 101 -g 10001 "$logs"
for jail in login scan; do
    [ -e "$etc/banned/$jail.conf" ] || install -m 0640 -g 10001 /dev/null "$etc/banned/$jail.conf"
done
[ -e "$logs/refused.log" ] || install -m 0640 -o 101 -g 10001 /dev/null "$logs/refused.log"

for kind in filter.d action.d jail.d; do
    install -d "$fail2ban/$kind"
    install -m 0644 "$top/deploy/fail2ban/$kind/"* "$fail2ban/$kind/"
done
{
    # Debian 12 writes no such log and has fail2ban look for it: it would not start at all.
    [ -e /var/log/auth.log ] || printf '[sshd]\nbackend = systemd\n'
    for jail in login scan; do
        cat << END
[biologidex-$jail]
logpath = $logs/refused.log
action  = biologidex-nginx[denied="$etc/banned/$jail.conf", reread="docker kill -s HUP biologidex-nginx-1"]
END
    done
} > "$fail2ban/jail.d/biologidex.local"
cat > "${LOGROTATE_DIR:-/etc/logrotate.d}/biologidex" << END
$logs/*.log {
    daily
    maxsize 20M
    rotate 7
    copytruncate
    missingok
    notifempty
}
END
# A flood fills the log faster than by day: rotations are looked after every hour. What is daily stays daily.
timer=${SYSTEMD_DIR:-/etc/systemd/system}/logrotate.timer.d
install -d "$timer"
printf '[Timer]\nOnCalendar=hourly\nAccuracySec=1min\nRandomizedDelaySec=0\n' > "$timer/biologidex.conf"
[ ! -d /run/systemd/system ] || { systemctl daemon-reload && systemctl restart logrotate.timer; }
