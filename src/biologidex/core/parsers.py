"""How the bodies of API requests are read: never more than this server keeps in memory."""

from collections.abc import Mapping
from typing import IO, Any

import orjson
from django.conf import settings
from django.http import QueryDict
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from biologidex.core.errors import TooLarge


def _read(stream: IO[bytes]) -> bytes:
    """Return the whole body, or raise TooLarge. Django's own limit does not reach bodies that DRF reads."""
    limit: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    body = stream.read(limit + 1)
    if len(body) > limit:
        raise TooLarge(f"This request is larger than the {limit // 1000} kB that are read.")
    return body


class JSONParser(BaseParser):
    """JSON in UTF-8. Whatever is not JSON, or is nested a thousand levels deep, is refused with a sentence."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,  # noqa: ARG002
        parser_context: Mapping[str, Any] | None = None,  # noqa: ARG002
    ) -> Any:
        """Return what the body says."""
        try:
            return orjson.loads(_read(stream))
        except orjson.JSONDecodeError as error:
            raise ParseError(f"The body is not valid JSON: {error}.") from error


class FormParser(BaseParser):
    """The fields of an HTML form without files."""

    media_type = "application/x-www-form-urlencoded"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,  # noqa: ARG002
        parser_context: Mapping[str, Any] | None = None,  # noqa: ARG002
    ) -> QueryDict:
        """Return the fields."""
        return QueryDict(_read(stream), encoding="utf-8")
