"""scripts/make-bans.sh: what fail2ban reads, and how it stays small. Run for real in tests/ops/containers."""

import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import httpx2 as httpx
import pytest

from running import free_port

TOP = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="It gives files to the containers' group: as root.")


def made(folder: Path) -> Path:
    where = {
        name: str(folder / name)
        for name in ("FAIL2BAN_DIR", "LOGROTATE_DIR", "SYSTEMD_DIR", "BIOLOGIDEX_LOG")
    }
    (folder / "LOGROTATE_DIR").mkdir(exist_ok=True)
    command = ["sh", str(TOP / "scripts" / "make-bans.sh"), str(folder / "etc")]
    subprocess.run(command, env={"PATH": os.environ["PATH"], **where}, check=True)
    return folder


def test_what_was_refused_is_turned_over_by_its_size_every_hour(tmp_path: Path) -> None:
    folder = made(made(tmp_path))

    timer = (folder / "SYSTEMD_DIR" / "logrotate.timer.d" / "biologidex.conf").read_text()
    assert "maxsize 20M" in (folder / "LOGROTATE_DIR" / "biologidex").read_text()
    assert "\nOnCalendar=hourly\n" in timer
    assert "\nAccuracySec=1min\n" in timer, "Debian's is an hour"


@pytest.mark.skipif(not Path("/etc/fail2ban").exists(), reason="apt install fail2ban")
def test_fail2ban_can_start_on_a_machine_whose_sign_ins_are_in_the_journal_alone(tmp_path: Path) -> None:
    """On Debian 12 it cannot, as it comes: its jail for ssh asks for a log that nobody writes."""
    shutil.copytree("/etc/fail2ban", tmp_path / "FAIL2BAN_DIR")

    folder = made(tmp_path)

    command = ["fail2ban-client", "-c", str(folder / "FAIL2BAN_DIR"), "-t"]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    ours = (folder / "FAIL2BAN_DIR" / "jail.d" / "biologidex.local").read_text()
    assert ("[sshd]\nbackend = systemd\n" in ours) == (not Path("/var/log/auth.log").exists())
    assert ours.count("[biologidex-") == 2


NGINX = """
daemon off; pid {folder}/pid; error_log {folder}/error.log;
events {{}}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    log_format json '$request_uri';
    {decides}
    access_log {folder}/refused.log json if=$is_refused;
    server {{
        listen 127.0.0.1:{port};
        location /kept-out {{ deny all; }}
        location /too-often {{ return 429; }}
        location /nothing {{ return 404; }}
        location /well {{ return 200; }}
        location /server/ {{ proxy_pass http://127.0.0.1:{behind}/; }}
    }}
    server {{
        listen 127.0.0.1:{behind};
        access_log off;
        location /kept-out {{ return 403; }}
        location /too-often {{ return 429; }}
    }}
}}
"""


@pytest.mark.skipif(shutil.which("nginx") is None, reason="apt install nginx-light")
def test_what_nginx_itself_keeps_out_fills_no_disk_and_what_the_server_refuses_is_written(
    tmp_path: Path,
) -> None:
    shipped = (TOP / "deploy" / "images" / "nginx.sh").read_text()
    decides = re.findall(r"(?m)^map .*is_refused .*$", shipped)[0].replace("\\$", "$")
    port = free_port()
    tmp_path.chmod(0o755)
    (tmp_path / "nginx.conf").write_text(
        NGINX.format(folder=tmp_path, decides=decides, port=port, behind=free_port())
    )
    with subprocess.Popen(["nginx", "-c", str(tmp_path / "nginx.conf")]) as nginx:
        try:
            while not (tmp_path / "pid").exists():
                time.sleep(0.05)
            for path in (
                "/kept-out",
                "/too-often",
                "/nothing",
                "/well",
                "/server/kept-out",
                "/server/too-often",
            ):
                httpx.get(f"http://127.0.0.1:{port}{path}")
        finally:
            nginx.terminate()

    written = (tmp_path / "refused.log").read_text().split()
    assert written == ["/nothing", "/server/kept-out", "/server/too-often"]
