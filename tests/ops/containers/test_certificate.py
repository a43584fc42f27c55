"""deploy/compose.certificate.yaml: people come straight to nginx, which holds a certificate."""

import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2 as httpx
import pytest
import yaml

from ops.containers.installation import TOP, Installation
from running import free_port

pytestmark = [pytest.mark.ops, pytest.mark.timeout(600)]
OVER = TOP / "deploy/compose.certificate.yaml"


def answers(address: str, **how: ssl.SSLContext) -> httpx.Response:
    """Ask until somebody is there."""
    end = time.monotonic() + 60
    while True:
        try:
            return httpx.get(address, **how)
        except httpx.TransportError:
            assert time.monotonic() < end
            time.sleep(0.3)


@pytest.fixture(scope="module")
def door(installation: Installation) -> Iterator[tuple[str, str, Path]]:
    """Give nginx a certificate of its own making. Returns both addresses, and whom to trust."""
    tls, acme = installation.etc / "tls", installation.etc / "acme" / ".well-known" / "acme-challenge"
    for folder in (tls, acme):
        folder.mkdir(parents=True)
    (acme / "proof").write_text("it is me")
    chain, key = tls / "fullchain.pem", tls / "privkey.pem"
    subject = ("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject]
    subprocess.run([*command, "-out", str(chain), "-keyout", str(key)], check=True, capture_output=True)
    for file in (chain, key):  # as scripts/setup.sh --certificate leaves them
        subprocess.run(["install", "-m", "0440", "-g", "10001", file, f"{file}.new"], check=True)
        Path(f"{file}.new").replace(file)
    plain, secure = free_port(), free_port()
    here = installation.engine.folder / "here.yaml"  # a drill opens no port to the world
    ports = f'["127.0.0.1:{secure}:8443", "127.0.0.1:{plain}:8080"]'
    here.write_text(f"services: {{nginx: {{ports: !override {ports}}}}}")
    installation.compose("-f", str(OVER), "-f", str(here), "up", "-d", "--no-deps", "nginx")
    yield f"http://localhost:{plain}", f"https://localhost:{secure}", chain
    installation.compose("up", "-d", "--no-deps", "nginx")
    answers(installation.address)


def test_people_come_by_https_and_who_does_not_is_sent_there(door: tuple[str, str, Path]) -> None:
    plain, secure, chain = door
    trust = ssl.create_default_context(cafile=str(chain))

    page = answers(f"{secure}/ready/", verify=trust)
    sent = answers(f"{plain}/dex/")

    assert page.status_code == 200
    assert sent.status_code in {301, 308}
    assert sent.headers["location"].startswith("https://localhost")


def test_a_renewed_certificate_arrives_without_a_restart(
    installation: Installation, door: tuple[str, str, Path], tmp_path: Path
) -> None:
    _, secure, chain = door
    address = ("localhost", int(secure.rpartition(":")[2]))
    subject = ("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3", *subject]
    files = (str(tmp_path / "chain.pem"), str(tmp_path / "key.pem"))
    subprocess.run([*command, "-out", files[0], "-keyout", files[1]], check=True, capture_output=True)
    before = ssl.get_server_certificate(address)
    process = installation.containers()["nginx"]

    told = installation.script("install-certificate.sh", *files)

    end = time.monotonic() + 20
    while (served := ssl.get_server_certificate(address)) == before and time.monotonic() < end:
        time.sleep(0.2)
    assert told.returncode == 0, told.stderr
    assert served.strip() == Path(files[0]).read_text().strip() == chain.read_text().strip()
    assert installation.containers()["nginx"] == process


def test_monitoring_asks_by_https_and_knows_when_the_certificate_ends(
    installation: Installation, door: tuple[str, str, Path]
) -> None:
    profile = ("-f", str(OVER), "--profile", "monitoring")
    installation.compose(*profile, "up", "-d", "--no-deps", "prometheus", "blackbox-exporter")

    def series(expression: str) -> list[dict[str, Any]]:
        answer = answers(f"http://127.0.0.1:9090/api/v1/query?query={quote(expression, safe='')}")
        found: list[dict[str, Any]] = answer.json()["data"]["result"] if answer.is_success else []
        return found

    try:
        end = time.monotonic() + 90
        # Prometheus may still know what a drill before has asked by http.
        while not (up := series('probe_success{instance=~"https:.*"} == 1')):
            assert time.monotonic() < end
            time.sleep(1)
        left = series("probe_ssl_earliest_cert_expiry - time()")
    finally:
        installation.compose(*profile, "rm", "-s", "-f", "prometheus", "blackbox-exporter")

    assert up[0]["metric"]["instance"] == "https://nginx:8443/ready/"
    assert 0 < float(left[0]["value"][1]) < 3 * 86400


def test_as_shipped_it_opens_the_two_ports_of_the_web_and_no_other(
    installation: Installation, door: tuple[str, str, Path]
) -> None:
    told = yaml.safe_load(
        installation.compose("-f", str(OVER), "config", HTTP_PORT="80")  # compose.env names one of a drill
    )

    assert {(one["published"], one["target"]) for one in told["services"]["nginx"]["ports"]} == {
        ("443", 8443),
        ("80", 8080),
    }


def test_an_authority_finds_its_proof_without_https(door: tuple[str, str, Path]) -> None:
    assert answers(f"{door[0]}/.well-known/acme-challenge/proof").text == "it is me"
