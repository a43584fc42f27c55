"""nginx that holds the certificate itself, as it does without a tunnel: deploy/nginx/tls.conf."""

import re
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pytest

from client import PASSWORD, Person
from running import free_port
from stack.certificates import Certificate, certificate
from stack.whole import Stack

pytestmark = [
    pytest.mark.stack,
    pytest.mark.skipif(shutil.which("openssl") is None, reason="apt install openssl"),
]


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """The certificate of this server."""
    return certificate(tmp_path_factory.mktemp("tls"))


class Door:
    """A second nginx, encrypted."""

    def __init__(self, folder: Path, ours: Certificate) -> None:
        self.port, self.open_port = free_port(), free_port()
        self.address = f"https://localhost:{self.port}"
        self.by_http = f"http://localhost:{self.open_port}"
        self.challenges = folder
        self.believing = ssl.create_default_context(cafile=str(ours.file))
        self.values = {
            "NGINX_LISTEN": f"127.0.0.1:{self.port} ssl http2",
            "HTTP_LISTEN": f"127.0.0.1:{self.open_port}",
            "TLS_CERTIFICATE": ours.file,
            "TLS_KEY": ours.key,
            "ACME_ROOT": folder,
        }


@pytest.fixture(scope="module")
def door(stack: Stack, ours: Certificate) -> Iterator[Door]:
    """Let it stand in front of the stack, with a folder that its workers can read."""
    folder = stack.folder / "challenges"
    folder.mkdir()
    door = Door(folder, ours)
    program = stack.add_nginx("nginx-tls", door.port, **door.values)
    yield door
    program.stop()
    del stack.parts["nginx-tls"]


@pytest.mark.parametrize(
    ("version", "taken"), [("tls1", False), ("tls1_1", False), ("tls1_2", True), ("tls1_3", True)]
)
def test_old_versions_are_not_spoken(door: Door, version: str, taken: bool) -> None:
    offered = ["-cipher", "ALL:@SECLEVEL=0"]  # else it would be openssl that refuses
    command = ["openssl", "s_client", f"-{version}", *offered, "-connect", f"127.0.0.1:{door.port}"]
    told = subprocess.run(command, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL)

    agreed = re.search(r"Cipher is (\S+)", told.stdout)
    assert agreed, told.stderr
    assert (agreed[1] != "(NONE)") is taken
    assert not taken or "GCM" in agreed[1] or "CHACHA20" in agreed[1]


def test_answers_come_by_https_and_say_to_stay_there(door: Door) -> None:
    answer = httpx.get(f"{door.address}/api/v1/animals/", verify=door.believing)

    assert answer.status_code == 200
    (stay,) = answer.headers.get_list("strict-transport-security")
    assert "max-age=31536000" in stay


def test_who_comes_by_http_is_sent_to_https_and_told_nothing_else(door: Door) -> None:
    sent_on = httpx.get(f"{door.by_http}/dex/?page=2")
    elsewhere = httpx.get(f"{door.by_http}/", headers={"Host": "evil.example"})

    assert (sent_on.status_code, sent_on.headers["location"]) == (301, "https://localhost/dex/?page=2")
    assert sent_on.headers["x-content-type-options"] == "nosniff"
    assert elsewhere.status_code == 421


def test_an_authority_finds_what_proves_that_the_name_is_ours(door: Door) -> None:
    place = door.challenges / ".well-known" / "acme-challenge"
    place.mkdir(parents=True)
    (place / "token").write_text("proof")

    assert httpx.get(f"{door.by_http}/.well-known/acme-challenge/token").text == "proof"


def test_a_form_is_taken_from_our_own_page_and_from_no_other(stack: Stack, door: Door) -> None:
    with Person(stack.address) as ann:
        ann.sign_up()
    with httpx.Client(base_url=door.address, verify=door.believing) as browser:
        page = browser.get("/sign-in/").text
        token = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
        form = {"name": ann.name, "password": PASSWORD}

        def sent(origin: str, **more: str) -> int:
            return browser.post("/sign-in/", data={**form, **more}, headers={"Origin": origin}).status_code

        assert sent(door.address) == 403
        assert sent("https://evil.example", csrfmiddlewaretoken=token) == 403
        assert sent(door.by_http, csrfmiddlewaretoken=token) == 403
        assert sent(door.address, csrfmiddlewaretoken=token) == 302
        assert browser.get("/dex/").status_code == 200
