"""The paid provider: a language model of OpenAI, or whoever speaks the same protocol (the Responses API).

It sends a small copy of the picture without any metadata, asks not to have it stored, and never asks twice: the
caller decides about repeating, because every call costs money. `.create` and not `.parse`, because `.parse`
throws away what a cut-off answer cost.
"""

import base64
import io
import time
from importlib import metadata
from typing import TYPE_CHECKING, Any

from PIL import Image

from biologidex.vision.engine import prompt
from biologidex.vision.engine.answer import Answer, Fault, ProviderError
from biologidex.vision.engine.config import EngineConfig
from biologidex.vision.engine.faults import from_status
from biologidex.vision.engine.parse import NotAsAgreed, Parsed, parse
from biologidex.vision.engine.pictures import open_picture
from biologidex.vision.engine.reply import Reply

if TYPE_CHECKING:
    import openai

ADDRESS = "https://api.openai.com/v1"
LONGEST_SIDE = 1024
QUALITY = 85
MOST_OUTPUT = 2000  # tokens, reasoning included; an answer needs about 300


class OpenAI:
    """Identifies by asking a language model."""

    name = "openai"

    def __init__(self, config: EngineConfig) -> None:
        self._config = config

    def version(self) -> str:
        """Name the model asked for, the question and the SDK."""
        sdk = metadata.version("openai")
        return f"openai model={self._config.openai_model} prompt={prompt.digest()} sdk={sdk}"

    def prepare(self) -> None:
        """Check the settings and load the SDK, which takes about a second."""
        self._client().close()

    def identify(self, picture: bytes) -> Answer:
        """Name the animal, as the model sees it."""
        started = time.perf_counter()
        image = open_picture(picture, least_side=LONGEST_SIDE, max_pixels=self._config.max_pixels)
        reply = Reply(self._ask(_data_address(image)), asked_model=self._config.openai_model)
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

    def _ask(self, picture: str) -> str:
        """Return the body of the service's answer.

        The SDK's errors hold the request and with it the key, so none of them may hang on to ours: they are
        translated here and raised outside of the `except`.
        """
        import openai  # noqa: PLC0415 -- slow import

        with self._client() as client:
            try:
                return self._send(client, picture)
            except openai.APIStatusError as error:
                failure = from_status(
                    error.status_code, code=error.code, kind=error.type, headers=error.response.headers
                )
            except openai.APITimeoutError:
                failure = ProviderError(Fault.TIMEOUT, "OpenAI did not answer in time.", temporary=True)
            except openai.APIConnectionError:
                failure = ProviderError(Fault.CONNECTION, "OpenAI cannot be reached.", temporary=True)
            except (openai.OpenAIError, ValueError) as error:
                failure = ProviderError(
                    Fault.BAD_ANSWER, f"Talking to OpenAI failed ({type(error).__name__}).", temporary=True
                )
        raise failure

    def _send(self, client: "openai.OpenAI", picture: str) -> str:
        """Send the one request there is."""
        import openai  # noqa: PLC0415 -- slow import

        effort = self._config.openai_reasoning
        reasoning: Any = {"effort": effort} if effort else openai.omit
        raw = client.responses.with_raw_response.create(
            model=self._config.openai_model,
            instructions=prompt.INSTRUCTIONS,
            input=[
                {
                    "role": "user",
                    "content": [
                        {"type": "input_text", "text": prompt.QUESTION},
                        {"type": "input_image", "image_url": picture, "detail": "high"},
                    ],
                }
            ],
            text={
                "format": {
                    "type": "json_schema",
                    "name": prompt.SCHEMA_NAME,
                    "strict": True,
                    "schema": prompt.SCHEMA,
                }
            },
            reasoning=reasoning,
            max_output_tokens=MOST_OUTPUT,
            store=False,
        )
        return raw.text

    def _client(self) -> "openai.OpenAI":
        """Return a client that follows our settings only, or raise ProviderError if they cannot work."""
        import openai  # noqa: PLC0415 -- slow import

        key = self._config.openai_api_key
        if not key:
            raise ProviderError(Fault.UNAVAILABLE, "No key for OpenAI is configured.")
        if not (key.isascii() and key.isprintable()):
            raise ProviderError(Fault.UNAVAILABLE, "The key for OpenAI has characters that no key has.")
        address = self._config.openai_base_url or ADDRESS
        if not address.startswith(("http://", "https://")):
            raise ProviderError(
                Fault.UNAVAILABLE, "The address of OpenAI must begin with http:// or https://."
            )
        return openai.OpenAI(
            api_key=key, base_url=address, timeout=self._config.openai_timeout, max_retries=0
        )


def _data_address(image: Image.Image) -> str:
    """Return a small copy of the picture as a data: address. A freshly encoded JPEG carries no metadata."""
    small = Image.new("RGB", image.size)
    small.paste(image)
    small.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    encoded = io.BytesIO()
    small.save(encoded, "JPEG", quality=QUALITY)
    return "data:image/jpeg;base64," + base64.b64encode(encoded.getvalue()).decode("ascii")
