"""Where secrets may be kept: the environment, files, Vault, Google's Secret Manager."""

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from biologidex.config import databases, env, secret_stores

KEY, TOKEN = "kingfisher-over-water", "token-of-this-server"


class Stores:
    """A Vault and Google's two services at one address, each answering only whoever asks rightly."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answers = {
            ("/v1/secret/data/biologidex", "X-Vault-Token", TOKEN): {
                "data": {"data": {"SECRET_KEY": KEY, "DB_PASSWORD": "otter", "NUMBER": 5}, "metadata": {}}
            },
            ("/token", "Metadata-Flavor", "Google"): {"access_token": "ya29", "expires_in": 3599},
            **{
                (f"/v1/projects/zoo/secrets/key/versions/{version}:access", "Authorization", "Bearer ya29"): {
                    "payload": {"data": base64.b64encode(f"{KEY}-{version}\n".encode()).decode()}
                }
                for version in ("latest", "3")
            },
        }

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        self.asked.append(request.path)
        found = [
            answer
            for (path, header, content), answer in self.answers.items()
            if request.path == path and request.headers.get(header) == content
        ]
        request.send_response(200 if found else 403)
        request.end_headers()
        request.wfile.write(json.dumps(found[0] if found else {"errors": ["permission denied"]}).encode())


@pytest.fixture
def stores(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stores]:
    """Run them, and let the settings know where they are."""
    found = Stores()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.answer(self)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{listening.server_port}"
        monkeypatch.setattr(env, "DECLARED", {})
        monkeypatch.setattr(secret_stores, "METADATA", f"{address}/token")
        monkeypatch.setattr(secret_stores, "SECRET_MANAGER", f"{address}/v1")
        secret_stores.use_vault(address, TOKEN)
        yield found
        secret_stores.use_vault("", "")
        listening.shutdown()


@pytest.mark.parametrize(
    ("value", "secret"),
    [
        ("otter-in-the-environment", "otter-in-the-environment"),
        ("redis://app:otter@127.0.0.1/0", "redis://app:otter@127.0.0.1/0"),
        ("vault://secret/biologidex#SECRET_KEY", KEY),
        ("vault://secret/biologidex#DB_PASSWORD", "otter"),
        ("gcp://zoo/key", f"{KEY}-latest"),
        ("gcp://zoo/key/3", f"{KEY}-3"),
    ],
)
def test_a_secret_is_read_from_the_place_that_a_variable_names(
    stores: Stores, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, value: str, secret: str
) -> None:
    monkeypatch.setenv("X", value)
    assert env.secret("X", "", "") == secret

    monkeypatch.delenv("X")
    (tmp_path / "x").write_text(f"{value}\n")
    monkeypatch.setenv("X_FILE", str(tmp_path / "x"))
    assert env.secret("X", "", "") == secret


def test_an_entry_that_holds_several_secrets_is_read_once(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in ("SECRET_KEY", "DB_PASSWORD", "SECRET_KEY"):
        monkeypatch.setenv("X", f"vault://secret/biologidex#{key}")
        env.secret("X", "", "")

    assert stores.asked == ["/v1/secret/data/biologidex"]


@pytest.mark.parametrize(
    "value",
    [
        "vault://secret/biologidex#MISSING",
        "vault://secret/biologidex#NUMBER",
        "vault://secret/elsewhere#SECRET_KEY",
        "vault://secret#SECRET_KEY",
        "vault://secret/biologidex",
        "gcp://zoo",
        "gcp://zoo/other",
        "gcp://zoo/key/3/4",
    ],
)
def test_what_cannot_be_read_stops_the_start_and_shows_no_secret(
    stores: Stores, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("X", value)

    with pytest.raises(env.BadValue, match=r"^X names a secret that cannot be read\.") as refusal:
        env.secret("X", "", "")

    assert not [secret for secret in (KEY, TOKEN, "otter", "ya29") if secret in str(refusal.value)]


def test_a_vault_that_is_not_named_or_does_not_let_us_in_is_told(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("X", "vault://secret/biologidex#SECRET_KEY")

    secret_stores.use_vault("", "")
    with pytest.raises(env.BadValue, match="VAULT_ADDR"):
        env.secret("X", "", "")

    for address in ("http://127.0.0.1:1", "file:///etc"):
        secret_stores.use_vault(address, "wrong")
        with pytest.raises(env.BadValue, match="X names a secret"):
            env.secret("X", "", "")


def test_settings_env_names_a_database_piece_by_piece() -> None:
    pieces = {"host": "db.internal", "port": 5433, "name": "zoo", "user": "ann", "password": "a:b/c@d%20#e"}
    found = databases.of(databases.address(**pieces), replica="")["default"]  # type: ignore[arg-type]

    assert {name: found[name.upper()] for name in pieces} == pieces
    assert databases.address(host="", port=5432, name="biologidex", user="biologidex", password="x") == ""
