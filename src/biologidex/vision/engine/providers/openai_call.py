"""The one HTTP call of the provider `openai`, through the official SDK. Imported late: loading the SDK is slow.

`.create` and not `.parse`, because `.parse` throws away what a cut-off answer cost; and the raw body of the
answer, because `reply.py` trusts less than the SDK's types promise.
"""

from typing import Any
from urllib.parse import urlsplit

import httpx2
import openai

from biologidex.vision.engine import prompt
from biologidex.vision.engine.answer import Fault, ProviderError
from biologidex.vision.engine.config import EngineConfig
from biologidex.vision.engine.faults import from_status

ADDRESS = "https://api.openai.com/v1"


def connect(config: EngineConfig) -> openai.OpenAI:
    """Return a client that never repeats a call. Raises ProviderError if the settings cannot work."""
    key, address = config.openai_api_key, config.openai_base_url or ADDRESS
    if not key:
        raise ProviderError(Fault.UNAVAILABLE, "No key for OpenAI is configured.")
    if not (key.isascii() and key.isprintable()):
        raise ProviderError(Fault.UNAVAILABLE, "The key for OpenAI has characters that no key has.")
    try:
        scheme, host = urlsplit(address).scheme, urlsplit(address).hostname
        if scheme in {"http", "https"} and host:
            return openai.OpenAI(api_key=key, base_url=address, timeout=config.openai_timeout, max_retries=0)
    except (ValueError, httpx2.InvalidURL):
        pass
    raise ProviderError(Fault.UNAVAILABLE, "The address of OpenAI is not a web address.")


def ask(config: EngineConfig, picture: str) -> str:
    """Send the question with the picture (a data: address) and return the body of the answer.

    The SDK's errors hold the request and with it the key, so none of them may hang on to ours: they are
    translated here and raised outside of the `except`.
    """
    with connect(config) as client:
        try:
            return _send(client, config, picture)
        except openai.APIStatusError as error:
            failure = from_status(
                error.status_code, code=error.code, kind=error.type, headers=error.response.headers
            )
        except openai.APITimeoutError:
            failure = ProviderError(Fault.TIMEOUT, "OpenAI did not answer in time.", temporary=True)
        except openai.APIConnectionError:
            failure = ProviderError(Fault.CONNECTION, "OpenAI cannot be reached.", temporary=True)
        except (openai.OpenAIError, httpx2.HTTPError, ValueError) as error:
            message = f"Talking to OpenAI failed ({type(error).__name__})."
            failure = ProviderError(Fault.BAD_ANSWER, message, temporary=True)
    raise failure


def _send(client: openai.OpenAI, config: EngineConfig, picture: str) -> str:
    reasoning: Any = {"effort": config.openai_reasoning} if config.openai_reasoning else openai.omit
    raw = client.responses.with_raw_response.create(
        model=config.openai_model,
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
        max_output_tokens=prompt.MOST_OUTPUT,
        store=False,
    )
    return raw.text
