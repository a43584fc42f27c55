"""A provider that plays a script: for tests and for trying the product's behaviour, never a default.

The script is a JSON file, read anew for every picture, so it may be changed while a server runs:

    {"delay": 2.5, "answer": {...}, "answers": {"<sha256 of a picture>": {...}}, "error": {...}}

`delay` is in seconds, `price` in dollars; `"remote": true` plays a service far away. While the file says `"hold": true`
nothing is answered. `error` ({"code", "temporary",
"retry_after", "message", "usage"}) is raised instead of an answer.
`answers` holds answers for particular pictures, `answer` the one for all others; both are written as
`Answer.to_dict` writes them, and what they leave out is filled in sensibly. Without a matching answer the
provider is unavailable: it never makes one up.
"""

import hashlib
import json
import time
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from biologidex.vision.engine.answer import Answer, Fault, ProviderError, Usage
from biologidex.vision.engine.config import EngineConfig
from biologidex.vision.engine.pictures import open_picture

LEAST_SIDE = 64  # enough to know that it is a picture
LOOKS_AGAIN = 0.05  # seconds between two looks whether an answer is still held back
FILLED_IN: dict[str, Any] = {"verdict": "animal", "taxon": None, "candidates": [], "animal_probability": 1.0}


class Scripted:
    """Answers what its script says."""

    name = model = "scripted"

    def __init__(self, config: EngineConfig, script: Mapping[str, Any] | None = None) -> None:
        self._config = config
        self._given = script

    @property
    def is_remote(self) -> bool:
        """Whether the script plays somebody far away: `"remote": true`."""
        try:
            return bool(self._script().get("remote", False))
        except ProviderError:
            return False  # without a script it asks nobody

    def version(self) -> str:
        """Name the script by its digest."""
        return "scripted " + _digest(json.dumps(self._script(), sort_keys=True, default=str).encode())[:12]

    def price(self) -> Decimal | None:
        """Return what the script says: `"price": "0.01"`, or null where nobody is to know it."""
        price = self._script().get("price", "0")
        return None if price is None else Decimal(price)

    def prepare(self) -> None:
        """Check that the script can be read."""
        self._script()

    def identify(self, picture: bytes) -> Answer:
        """Play the script for this picture."""
        started = time.perf_counter()
        open_picture(picture, least_side=LEAST_SIDE, max_pixels=self._config.max_pixels)
        script = self._script()
        time.sleep(float(script.get("delay", 0)))
        while script.get("hold"):
            time.sleep(LOOKS_AGAIN)
            script = self._script()
        if script.get("error"):
            raise _error(script["error"])
        answer = script.get("answers", {}).get(_digest(picture), script.get("answer"))
        if answer is None:
            raise ProviderError(Fault.UNAVAILABLE, "The script has no answer for this picture.")
        return self._answer(answer, (time.perf_counter() - started) * 1000)

    def _answer(self, answer: dict[str, Any], milliseconds: float) -> Answer:
        ours = {"provider": self.name, "version": self.version(), "milliseconds": milliseconds}
        try:
            return Answer.from_dict({**FILLED_IN, **answer, **ours})
        except (KeyError, TypeError, ValueError) as error:
            raise ProviderError(
                Fault.UNAVAILABLE, f"The script's answer is not an answer: {error}"
            ) from error

    def _script(self) -> Mapping[str, Any]:
        if self._given is not None:
            return self._given
        if self._config.script is None:
            raise ProviderError(Fault.UNAVAILABLE, "No script is configured.")
        try:
            script = json.loads(self._config.script.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ProviderError(Fault.UNAVAILABLE, f"The script cannot be read: {error}") from error
        if not isinstance(script, dict):
            raise ProviderError(Fault.UNAVAILABLE, "The script is not a JSON object.")
        return script


def _error(error: dict[str, Any]) -> ProviderError:
    return ProviderError(
        error.get("code", Fault.SERVER_ERROR),
        error.get("message", "The script says so."),
        temporary=bool(error.get("temporary", False)),
        retry_after=error.get("retry_after"),
        usage=Usage.from_dict(error["usage"]) if error.get("usage") else None,
    )


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
