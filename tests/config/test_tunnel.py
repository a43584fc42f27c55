"""The way through a tunnel: it ends at nginx, and nothing that opens it is kept here."""

import re
from pathlib import Path
from string import Template
from typing import Any

import yaml

TOP = Path(__file__).parents[2]
VALUES = {
    "TUNNEL_NAME": "biologidex-tunnel",
    "TUNNEL_CREDENTIALS": "/etc/cloudflared/biologidex-tunnel.json",
    "TUNNEL_HOSTNAME": "dex.example.org",
    "TUNNEL_ADMIN_HOSTNAME": "admin.dex.example.org",
    "ACCESS_TEAM": "our-team",
    "ACCESS_AUDIENCE": "0123",
    "NGINX_ADDRESS": "127.0.0.1:8080",
}


def rendered() -> dict[str, Any]:
    text = (TOP / "deploy/cloudflared/config.yml").read_text(encoding="utf-8")
    told: dict[str, Any] = yaml.safe_load(Template(text).substitute(VALUES))
    return told


def test_it_leads_to_nginx_and_what_is_for_no_name_of_ours_leads_nowhere() -> None:
    *named, rest = rendered()["ingress"]

    assert [(way["hostname"], way["service"]) for way in named] == [
        ("dex.example.org", "http://127.0.0.1:8080"),
        ("admin.dex.example.org", "http://127.0.0.1:8080"),
    ]
    assert rest == {"service": "http_status:404"}


def test_the_admin_is_for_whom_access_has_let_in() -> None:
    public, admin, _ = rendered()["ingress"]

    assert admin["originRequest"]["access"] == {"required": True, "teamName": "our-team", "audTag": ["0123"]}
    assert "access" not in public["originRequest"]


def test_nginx_keeps_an_idle_connection_longer_than_the_tunnel() -> None:
    nginx = (TOP / "deploy/nginx/nginx.conf").read_text(encoding="utf-8")
    kept = re.search(r"keepalive_timeout (\d+)s;\n\s+keepalive_requests", nginx)
    tunnel = rendered()["ingress"][0]["originRequest"]["keepAliveTimeout"]

    assert kept
    assert int(tunnel.removesuffix("s")) < int(kept[1])


def test_what_opens_it_is_a_file_beside_and_in_no_repository() -> None:
    assert rendered()["credentials-file"].startswith("/etc/cloudflared/")
    texts = {file: file.read_text() for file in (TOP / "deploy").rglob("*.json")}
    assert not [file for file, text in texts.items() if "AccountTag" in text or "TunnelSecret" in text]
    assert not list((TOP / "deploy").rglob("*.pem"))


def test_nobody_is_told_to_install_whatever_is_newest_unseen() -> None:
    guide = (TOP / "docs/selfhost.md").read_text(encoding="utf-8")

    assert "latest/download" not in guide
    assert not re.search(r"curl[^\n]*\|\s*(sudo )?(ba)?sh", guide)
    assert rendered()["no-autoupdate"] is True
