"""nginx does what its files seem to say, as gixy reads them: deploy/nginx, with a certificate and without."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from stack.programs import rendered

# What gixy objects to and we mean.
MEANT = {
    "add_header_redefinition",  # what is not found below static/ is not kept for a year
    "return_bypasses_allow_deny",  # to whoever may not come nothing is returned but 404 or the way to https
    "host_spoofing",  # the port that people typed belongs to links; Django takes no name that is not its own
    "hsts_header",  # it is a variable, which stack/test_front_door_tls.py looks after
}
ANY = (
    *("NGINX_USER", "NGINX_ACCESS_LOG", "NGINX_MIME_TYPES", "ADMIN_HOST", "STATIC_ROOT", "MEDIA_ROOT"),
    *("PERMISSIONS_POLICY", "TLS_CERTIFICATE", "TLS_KEY", "ACME_ROOT"),
)
VALUES = dict.fromkeys(ANY, "/srv/any") | {
    "ADMIN_HOST": "admin.dex.example.org",
    "SERVER_NAMES": "dex.example.org",
    "NGINX_MIME_TYPES": "mime.types",
    "NGINX_LISTEN": "443 ssl http2",
    "HTTP_LISTEN": "80",
    "MAX_UPLOAD_MB": "25",
    "MAX_BODY_MB": "26",
    "RATE_API": "30r/s",
    "RATE_UPLOAD": "2r/s",
    "BURST_API": "100",
    "BURST_UPLOAD": "20",
    "CONNECTIONS": "100",
    "STREAMS": "20",
    "TRUSTED_PROXY": "127.0.0.1",
    "REAL_IP_HEADER": "X-Forwarded-For",
}


@pytest.fixture(params=["with a certificate", "behind a tunnel"])
def folder(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    values = VALUES | {"NGINX_FOLDER": str(tmp_path), "NGINX_RUN": str(tmp_path)}
    files = ["nginx.conf", "headers.conf", "proxy.conf", "real_ip.conf"]
    if request.param == "with a certificate":
        files.append("tls.conf")
    else:
        values["NGINX_LISTEN"] = "127.0.0.1:8080"
    for name in files:
        (tmp_path / name).write_text(rendered(f"nginx/{name}", values))
    (tmp_path / "mime.types").write_text("types { text/html html; }\n")
    (tmp_path / "admin_from.conf").write_text("allow 10.0.0.0/8;\n")
    for name in ("upstream.conf", "upstream_live.conf"):
        (tmp_path / name).write_text("server 127.0.0.1:8000;\n")
    return tmp_path


def findings(file: Path) -> list[dict[str, str]]:
    """Return what gixy objects to."""
    program = Path(sys.executable).parent / "gixy"
    done = subprocess.run([program, "-f", "json", file], capture_output=True, text=True, check=False)
    told: list[dict[str, str]] = json.loads(done.stdout)
    return told


def test_nothing_is_found_but_what_is_meant(folder: Path) -> None:
    found = findings(folder / "nginx.conf")

    assert {one["plugin"] for one in found} <= MEANT, found


def test_what_leads_out_of_a_folder_would_be_found(folder: Path) -> None:
    file = folder / "nginx.conf"
    file.write_text(
        file.read_text().replace("location = /live/ {", "location /i { alias /srv/i/; }\nlocation = /live/ {")
    )

    assert "alias_traversal" in {one["plugin"] for one in findings(file)}
