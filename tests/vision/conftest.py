"""An identifier that says what the test tells it to."""

from typing import Any

import pytest

from biologidex.vision import services
from biologidex.vision.engine.config import EngineConfig
from biologidex.vision.engine.providers.scripted import Scripted


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Give the script that the only provider plays; a test fills it. It counts the pictures it was shown."""
    played: dict[str, Any] = {}
    provider = Scripted(EngineConfig(), script=played)
    shown = provider.identify

    def counted(picture: bytes) -> Any:
        played["asked"] = played.get("asked", 0) + 1
        return shown(picture)

    monkeypatch.setattr(provider, "identify", counted)
    monkeypatch.setattr(provider, "version", lambda: "scripted 1")
    monkeypatch.setattr(services, "providers", lambda: (provider,))
    return played
