"""Pictures to identify, the offline networks, loaded once, and a server in OpenAI's place."""

import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from biologidex.vision.engine.answer import Provider
from biologidex.vision.engine.registry import PROVIDERS, EngineConfig
from vision.engine import openai_server
from vision.engine.openai_server import Scene

REPOSITORY = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def photos() -> Path:
    """The folder of the photo packages, as pip lays them out."""
    folder = Path(os.environ.get("BIOLOGIDEX_TEST_PHOTOS") or REPOSITORY / "var" / "photos")
    if not (folder / "foolbox" / "data").is_dir():
        pytest.fail(
            f"There are no test photos in {folder}. `make test` installs them; by hand: "
            "pip install --no-deps --target var/photos -r requirements/photos.txt. "
            "BIOLOGIDEX_TEST_PHOTOS may name another folder."
        )
    return folder


@pytest.fixture(scope="session")
def local() -> Provider:
    """The offline provider, ready."""
    provider = PROVIDERS["local"](EngineConfig())
    provider.prepare()
    return provider


@pytest.fixture(scope="session")
def picture() -> bytes:
    """A picture that can be opened and shows nothing in particular."""
    image = Image.new("RGB", (320, 240), "olive")
    ImageDraw.Draw(image).ellipse((80, 60, 240, 180), fill="orange")
    encoded = io.BytesIO()
    image.save(encoded, "JPEG")
    return encoded.getvalue()


@pytest.fixture
def scene() -> Iterator[Scene]:
    """A server in OpenAI's place, at first answering well."""
    with openai_server.serving() as scene:
        yield scene


@pytest.fixture
def provider(scene: Scene) -> Provider:
    """The provider `openai`, asking that server."""
    return openai_server.provider_for(scene.address)
