"""Secrets that live elsewhere: a variable names the place instead of holding the secret.

    BIOLOGIDEX_SECRET_KEY=vault://secret/biologidex#SECRET_KEY      HashiCorp Vault, KV version 2: MOUNT/PATH#KEY
    BIOLOGIDEX_DATABASE_URL=gcp://PROJECT/biologidex-database-url   Google Secret Manager; /VERSION, else the latest

They are read once, when a process starts, and kept in its memory only. What goes wrong is told without them.
"""

import base64
import json
import urllib.request
from collections.abc import Callable
from functools import cache
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit

PATIENCE = 10  # seconds
METADATA = "http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/token"
SECRET_MANAGER = "https://secretmanager.googleapis.com/v1"  # noqa: S105 -- an address
_vault: dict[str, str] = {"address": "", "token": ""}


class Unreadable(Exception):
    """The place cannot be read."""


def use_vault(address: str, token: str) -> None:
    """Say where the Vault is and as whom to ask it."""
    _vault.update(address=address.rstrip("/"), token=token)
    _fetched.cache_clear()


def resolved(value: str) -> str:
    """Return the secret that a value names, or the value itself if it names no place; or raise Unreadable."""
    store = urlsplit(value).scheme if value.startswith(tuple(f"{scheme}://" for scheme in STORES)) else ""
    return STORES[store](value) if store else value


def _from_vault(value: str) -> str:
    mount, _, path = value.removeprefix("vault://").partition("/")
    path, _, key = path.partition("#")
    if not (mount and path and key):
        raise Unreadable("A place in Vault is written vault://MOUNT/PATH#KEY.")
    if not _vault["address"]:
        raise Unreadable("VAULT_ADDR does not say where Vault is.")
    answer = _fetched(
        f"{_vault['address']}/v1/{quote(mount)}/data/{quote(path)}", "X-Vault-Token", _vault["token"]
    )
    return _picked(answer, "data", "data", key)


def _from_google(value: str) -> str:
    parts = value.removeprefix("gcp://").split("/")
    if len(parts) not in {2, 3} or not all(parts):
        raise Unreadable("A secret of Google's is written gcp://PROJECT/NAME or gcp://PROJECT/NAME/VERSION.")
    project, name, version = (*map(quote, parts), "latest")[:3]
    token = _picked(_fetched(METADATA, "Metadata-Flavor", "Google"), "access_token")
    address = f"{SECRET_MANAGER}/projects/{project}/secrets/{name}/versions/{version}:access"
    content = _picked(_fetched(address, "Authorization", f"Bearer {token}"), "payload", "data")
    return base64.b64decode(content).decode().strip()


def _picked(answer: Any, *keys: str) -> str:
    for key in keys:
        answer = answer.get(key) if isinstance(answer, dict) else None
    if not isinstance(answer, str):
        raise Unreadable(f"The answer has no {'.'.join(keys)}.")
    return answer


@cache
def _fetched(address: str, header: str, content: str) -> Any:
    """Return what an address answers. One entry of Vault holds several secrets and is asked for once."""
    if urlsplit(address).scheme not in {"http", "https"}:
        raise Unreadable(f"{address} is no address of the web.")
    request = urllib.request.Request(address, headers={header: content})  # noqa: S310 -- checked above
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 -- checked above
            return json.load(answer)
    except HTTPError as error:
        error.close()
        raise Unreadable(f"{address} answers {error.code}.") from None
    except (URLError, OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or type(error).__name__
        raise Unreadable(f"{address} could not be read: {reason}.") from None


STORES: dict[str, Callable[[str], str]] = {"vault": _from_vault, "gcp": _from_google}
