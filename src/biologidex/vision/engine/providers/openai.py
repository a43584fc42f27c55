"""The paid provider: a language model of OpenAI, or whoever speaks the same protocol (the Responses API).

It sends a small copy of the picture without any metadata, asks not to have it stored, and never asks twice: the
caller decides about repeating, because every call costs money.
"""

import base64
import io
import time
from decimal import Decimal
from types import ModuleType

from PIL import Image

from biologidex.vision.engine import pricing, prompt
from biologidex.vision.engine.answer import Answer, Fault, ProviderError
from biologidex.vision.engine.config import EngineConfig
from biologidex.vision.engine.parse import NotAsAgreed, Parsed, parse
from biologidex.vision.engine.pictures import open_picture
from biologidex.vision.engine.pricing import Tokens
from biologidex.vision.engine.reply import Reply
from biologidex.vision.engine.versions import package_version

LONGEST_SIDE = 1024
MOST_INPUT = 5000  # tokens: 1024 patches of a picture, times what models count for one, and the question
QUALITY = 85


class OpenAI:
    """Identifies by asking a language model."""

    name = "openai"
    is_remote = True

    def __init__(self, config: EngineConfig) -> None:
        self._config = config
        self.model = config.openai_model

    def price(self) -> Decimal | None:
        """Return what the longest answer to the longest question costs."""
        most = pricing.most(self.model, Tokens(MOST_INPUT, 0, 0, prompt.MOST_OUTPUT))
        return most if most is not None else self._config.call_usd or None

    def version(self) -> str:
        """Name the model asked for, the question and the SDK."""
        sdk = package_version("openai")
        return f"openai model={self._config.openai_model} prompt={prompt.digest()} sdk={sdk}"

    def prepare(self) -> None:
        """Check the settings and load the SDK, which takes about a second."""
        _call().connect(self._config).close()

    def identify(self, picture: bytes) -> Answer:
        """Name the animal, as the model sees it."""
        started = time.perf_counter()
        image = open_picture(picture, least_side=LONGEST_SIDE, max_pixels=self._config.max_pixels)
        body = _call().ask(self._config, _data_address(image))
        reply = Reply(body, asked_model=self._config.openai_model)
        parsed = self._parsed(reply)
        return Answer(
            verdict=parsed.verdict,
            taxon=parsed.taxon,
            candidates=parsed.candidates,
            animal_probability=parsed.animal_probability,
            provider=self.name,
            version=self.version(),
            usage=reply.usage,
            milliseconds=(time.perf_counter() - started) * 1000,
        )

    def _parsed(self, reply: Reply) -> Parsed:
        try:
            return parse(reply.text(), self._config.thresholds)
        except NotAsAgreed as error:
            raise reply.error(
                Fault.BAD_ANSWER, f"The model's answer is not as agreed. {error}", temporary=True
            ) from error


def _call() -> ModuleType:
    """Return the module that uses the SDK. Late, because the SDK takes a second and is rarely needed."""
    try:
        from biologidex.vision.engine.providers import openai_call  # noqa: PLC0415 -- slow import
    except ImportError as error:
        raise ProviderError(Fault.UNAVAILABLE, "The package openai is not installed.") from error
    return openai_call


def _data_address(image: Image.Image) -> str:
    """Return a small copy of the picture as a data: address. A freshly encoded JPEG carries no metadata."""
    small = Image.new("RGB", image.size)
    small.paste(image)
    small.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    encoded = io.BytesIO()
    small.save(encoded, "JPEG", quality=QUALITY)
    return "data:image/jpeg;base64," + base64.b64encode(encoded.getvalue()).decode("ascii")
