"""What was drawn is kept packed, under the version of all that went into it."""

from collections.abc import Callable
from typing import TypeVar

import zstandard
from django.conf import settings

from biologidex.core.caching import remember
from biologidex.graph.scope import Scope, group_of

T = TypeVar("T")


def kept(scope: Scope, what: str, make: Callable[[], T]) -> T:
    """Remember for one viewer and mode: a newer drawing takes the room of the older one."""
    key = f"{group_of(scope.viewer)}:{scope.mode}:{what}"
    return remember(key, make, seconds=settings.TREE_CACHE_SECONDS, version=scope.version)


def packed(content: bytes) -> bytes:
    """Pack. A drawing takes a tenth of its room then, and far less time than to draw it."""
    return zstandard.ZstdCompressor(level=1).compress(content)


def unpacked(content: bytes) -> bytes:
    """Return what was packed."""
    return zstandard.ZstdDecompressor().decompress(content)
