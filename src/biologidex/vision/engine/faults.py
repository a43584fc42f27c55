"""What OpenAI's HTTP errors mean to us, and whether asking again can help.

Written against plain facts (status, code, type, headers), so it needs no SDK. The messages are our own: what
the service writes may repeat parts of the key.
"""

import email.utils
import math
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass

from biologidex.vision.engine.answer import Fault, ProviderError

LONGEST_WAIT = 3600.0

# 429 means either "slower, please" or "nothing left to spend"; only these words tell the two apart.
# From OpenAI's guide to error codes. Waiting does not bring the money back.
BILLING = {
    "insufficient_quota",
    "credit_balance_exhausted",
    "organization_spend_limit_exceeded",
    "project_spend_limit_exceeded",
    "organization_usage_limit_exceeded",
}
# Codes by which the service says that it cannot open the picture, from the SDK's types/responses/response_error.py.
BAD_PICTURE = {
    "invalid_image", "invalid_image_format", "invalid_base64_image", "invalid_image_url", "invalid_image_mode",
    "image_too_large", "image_too_small", "image_parse_error", "image_file_too_large", "empty_image_file",
    "unsupported_image_media_type",
}  # fmt: skip
FILTERED = {"image_content_policy_violation", "content_policy_violation", "bio_policy", "content_filter"}
WORD = re.compile(r"[a-z0-9_]{1,64}")


@dataclass(frozen=True)
class Meaning:
    """What a status says when no code says it better."""

    fault: Fault
    sentence: str
    temporary: bool = False


STATUS = {
    401: Meaning(Fault.UNAUTHORIZED, "OpenAI does not accept the key."),
    403: Meaning(Fault.FORBIDDEN, "OpenAI does not allow this to the owner of the key."),
    404: Meaning(Fault.UNKNOWN_MODEL, "OpenAI does not know the model or the address."),
    408: Meaning(Fault.TIMEOUT, "OpenAI gave up waiting for the request.", temporary=True),
    409: Meaning(Fault.SERVER_ERROR, "OpenAI had to do something else first.", temporary=True),
    429: Meaning(Fault.RATE_LIMITED, "OpenAI asks for fewer requests.", temporary=True),
}
SERVER_ERROR = Meaning(Fault.SERVER_ERROR, "OpenAI has a problem of its own.", temporary=True)
REJECTED = Meaning(Fault.REJECTED, "OpenAI found the request wrong.")
QUOTA = Meaning(Fault.QUOTA, "The OpenAI account has nothing left to spend.")
UNREADABLE = Meaning(Fault.UNREADABLE_PICTURE, "OpenAI could not open the picture.")
STOPPED = Meaning(Fault.FILTERED, "OpenAI's content filter stopped the answer.")
WORDS = ((BILLING, QUOTA), (BAD_PICTURE, UNREADABLE), (FILTERED, STOPPED))
LATE = {
    "server_error": SERVER_ERROR,
    "vector_store_timeout": SERVER_ERROR,
    "rate_limit_exceeded": STATUS[429],
}


def from_status(
    status: int, *, code: str | None, kind: str | None, headers: Mapping[str, str]
) -> ProviderError:
    """Return the error for an HTTP status and the body's `code` and `type`."""
    meaning = _by_word(code, kind) or STATUS.get(status) or (SERVER_ERROR if status >= 500 else REJECTED)
    temporary = meaning.temporary
    if meaning.fault != Fault.QUOTA and headers.get("x-should-retry") in {"true", "false"}:
        temporary = headers["x-should-retry"] == "true"
    details = ", ".join([str(status), *(word for word in (code, kind) if word and WORD.fullmatch(word))])
    return ProviderError(
        meaning.fault,
        f"{meaning.sentence} ({details})",
        temporary=temporary,
        retry_after=retry_after(headers) if temporary else None,
    )


def from_code(code: str) -> Meaning:
    """Return the meaning of the `error.code` of an answer that failed after it had begun."""
    return _by_word(code, None) or LATE.get(code, REJECTED)


def _by_word(code: str | None, kind: str | None) -> Meaning | None:
    return next((meaning for words, meaning in WORDS if code in words or kind in words), None)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds the service asks us to wait: in milliseconds, in seconds, or until a date."""
    for header, divisor in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        seconds = _seconds(headers.get(header, "")) / divisor
        if not math.isnan(seconds):
            return min(max(seconds, 0.0), LONGEST_WAIT)
    return None


def _seconds(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        pass
    try:
        return email.utils.parsedate_to_datetime(text).timestamp() - time.time()
    except (ValueError, OverflowError):
        return math.nan
