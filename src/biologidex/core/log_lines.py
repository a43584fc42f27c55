"""How a log line looks: for people, or as one JSON object that a machine keeps. Both tell nothing personal."""

import logging
import re
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest
from pythonjsonlogger.orjson import OrjsonFormatter

from biologidex.core.discretion import GONE, discreet, told
from biologidex.core.logging import NOTHING
from biologidex.core.metrics import UNMATCHED, endpoint_of

# What a pipe takes whole (PIPE_BUF): longer lines of several processes would run into each other.
LONGEST_LINE = 4096
SHORTEST_EXCEPTION = 200
PLAIN_WORD = re.compile(r"[a-z0-9._-]{1,30}")
CIRCUMSTANCES = ("request_id", "user", "task_id", "trace_id")


def message_of(record: logging.LogRecord) -> str:
    """Return the line's words. An address is told by its template: it may hold a token, or a name."""
    text = record.getMessage()
    request = getattr(record, "request", None)
    if isinstance(request, HttpRequest) and len(request.path) > 1:
        endpoint = endpoint_of(request)
        shown = _beginning(request.path) if endpoint == UNMATCHED else endpoint
        escaped = request.path.encode("unicode_escape").decode("ascii")
        text = text.replace(escaped, shown).replace(request.path, shown)
    return discreet(text)


def _beginning(path: str) -> str:
    """Return the first word of an address that nobody made. What follows may be anything."""
    first, _, rest = path.strip("/").partition("/")
    return f"/{first if PLAIN_WORD.fullmatch(first) else GONE}{f'/{GONE}' if rest else ''}"


def _told(ei: Any) -> str:
    return told(ei[1]) if ei and ei[1] else ""


class PlainLine(logging.Formatter):
    """A line for people, with what happened below it if something broke."""

    def format(self, record: logging.LogRecord) -> str:
        """Write it."""
        record.exc_text = None  # another formatter may have left its own, which tells more
        return super().format(record)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 -- logging's name
        """Write the first line."""
        record.message = message_of(record)
        return super().formatMessage(record)

    def formatException(self, ei: Any) -> str:  # noqa: N802 -- logging's name
        """Write what broke."""
        return _told(ei)


class JsonLine(OrjsonFormatter):
    """A line of JSON, short enough that a pipe never mixes it with another's, with the same keys in each."""

    def add_fields(
        self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]
    ) -> None:
        """Take what is to be told, and nothing else that somebody hung on the record."""
        log_data["time"] = datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds")
        log_data["level"] = record.levelname
        log_data["logger"] = record.name
        log_data["message"] = message_of(record)
        for name in CIRCUMSTANCES:
            value = getattr(record, name, NOTHING)
            log_data[name] = None if value == NOTHING else value
        log_data |= self.static_fields
        if message_dict.get("exc_info"):
            log_data["exception"] = message_dict["exc_info"]

    def formatException(self, ei: Any) -> str:  # noqa: N802 -- logging's name
        """Write what broke."""
        return _told(ei)

    def format(self, record: logging.LogRecord) -> str:
        """Write it."""
        if not record.exc_info:
            record.exc_text = None
        return super().format(record)

    def serialize_log_record(self, log_data: dict[str, Any]) -> str:
        """Write it, if need be without the middle of the exception: both its ends tell more."""
        line = super().serialize_log_record(log_data)
        told = log_data.get("exception", "")
        while len(line.encode()) >= LONGEST_LINE and len(told) > SHORTEST_EXCEPTION:
            half = int(len(told) * 0.4)
            told = f"{told[: half // 2]}\n{GONE}\n{told[-half:]}"
            line = super().serialize_log_record(log_data | {"exception": told})
        return line
