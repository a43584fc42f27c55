"""How a program sends a photo in pieces."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest
from django.db import OperationalError, connection
from rest_framework.test import APIClient

import pictures

Files = Callable[[], list[Path]]
UPLOADS = "/api/v1/uploads/"
PIECE = "application/offset+octet-stream"
PHOTO = pictures.jpeg(400, 300)
SHA256 = hashlib.sha256(PHOTO).hexdigest()


def begin(api: APIClient, content: bytes = PHOTO, **told: Any) -> str:
    answer = api.post(UPLOADS, {"size": len(content), **told})
    assert answer.status_code == 201, answer.json()
    return f"{UPLOADS}{answer.json()['id']}/"


def send(api: APIClient, upload: str, offset: Any, content: bytes) -> Any:
    return api.patch(upload, data=content, content_type=PIECE, headers={"Upload-Offset": str(offset)})


def whole(api: APIClient, content: bytes = PHOTO, **told: Any) -> str:
    upload = begin(api, content, **told)
    assert send(api, upload, 0, content).status_code == 204
    return upload


def kept(files: Files) -> list[str]:
    return [path.name for path in files() if path.is_file()]


def bytes_in(files: Files) -> int:
    return sum(path.stat().st_size for path in files() if path.is_file())


def loses_the_connection_after_a_commit(patched: pytest.MonkeyPatch) -> None:
    """Let the next transaction be saved without anybody being told, and nothing be asked afterwards."""
    commit = connection._commit

    def unanswered() -> None:
        commit()
        patched.setattr(connection, "_cursor", lost)
        lost()

    def lost(name: str | None = None) -> NoReturn:
        raise OperationalError("the connection was lost")

    patched.setattr(connection, "_commit", unanswered)
