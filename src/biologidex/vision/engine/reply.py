"""Reads the body of a Responses API answer: the model's text and what it cost, or why there is none.

The shape is that of the SDK's types/responses/response.py. It is read from plain JSON and not from the SDK's
objects, which promise fields that a broken server or another vendor's address may leave out. What the call used
is read first and travels with every error, because it was paid for either way.
"""

import json
from typing import Any

from biologidex.vision.engine.answer import Fault, ProviderError, Usage
from biologidex.vision.engine.faults import from_code
from biologidex.vision.engine.pricing import Tokens, cost


class Reply:
    """One answer of the service."""

    def __init__(self, body: str, *, asked_model: str) -> None:
        try:
            data = json.loads(body)
        except (ValueError, RecursionError):
            data = None
        if not isinstance(data, dict):
            raise ProviderError(
                Fault.BAD_ANSWER, "OpenAI sent something that is not an answer.", temporary=True
            )
        self._data = data
        self.usage = _usage(data, asked_model)

    def text(self) -> str:
        """Return what the model wrote. Raises ProviderError when it wrote nothing that counts."""
        self._check_status()
        contents = list(self._contents())
        if any(content.get("type") == "refusal" for content in contents):
            raise self.error(Fault.REFUSED, "The model declined to look at this picture.")
        text = "".join(
            str(content.get("text") or "") for content in contents if content.get("type") == "output_text"
        )
        if not text:
            raise self.error(Fault.BAD_ANSWER, "The model wrote nothing.", temporary=True)
        return text

    def error(self, fault: Fault, message: str, *, temporary: bool = False) -> ProviderError:
        """Return an error that remembers what the call used."""
        return ProviderError(fault, message, temporary=temporary, usage=self.usage)

    def _check_status(self) -> None:
        status = self._data.get("status")
        if status == "completed":
            return
        if status == "incomplete":
            raise self._incomplete(_within(self._data, "incomplete_details", "reason"))
        if status == "failed":
            meaning = from_code(str(_within(self._data, "error", "code")))
            raise self.error(meaning.fault, meaning.sentence, temporary=meaning.temporary)
        raise self.error(Fault.BAD_ANSWER, "OpenAI did not finish the answer.", temporary=True)

    def _incomplete(self, reason: object) -> ProviderError:
        if reason == "content_filter":
            return self.error(Fault.FILTERED, "OpenAI's content filter stopped the answer.")
        if reason == "max_output_tokens":
            return self.error(Fault.TRUNCATED, "The answer was longer than allowed and was cut off.")
        return self.error(Fault.BAD_ANSWER, "OpenAI did not finish the answer.", temporary=True)

    def _contents(self) -> list[dict[str, Any]]:
        """Return the parts of all messages; reasoning and other items are passed over."""
        messages = [item for item in _dicts(self._data.get("output")) if item.get("type") == "message"]
        return [content for message in messages for content in _dicts(message.get("content"))]


def _usage(data: dict[str, Any], asked_model: str) -> Usage | None:
    """Return what the call used, or None if the answer does not say. Reasoning is part of the output."""
    if not isinstance(data.get("usage"), dict):
        return None
    tokens = Tokens(
        input=_count(data, "usage", "input_tokens"),
        cached=_count(data, "usage", "input_tokens_details", "cached_tokens"),
        written=_count(data, "usage", "input_tokens_details", "cache_write_tokens"),
        output=_count(data, "usage", "output_tokens"),
    )
    model, tier = data.get("model"), data.get("service_tier")
    name = model if isinstance(model, str) and model else asked_model
    dollars = cost(name, tokens, tier=tier if isinstance(tier, str) else None)
    return Usage(name[:100], tokens.input, tokens.cached, tokens.output, dollars)


def _count(data: Any, *path: str) -> int:
    value = _within(data, *path)
    return max(0, value) if isinstance(value, int) else 0


def _within(data: Any, *path: str) -> Any:
    for key in path:
        data = data.get(key) if isinstance(data, dict) else None
    return data


def _dicts(items: Any) -> list[dict[str, Any]]:
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
