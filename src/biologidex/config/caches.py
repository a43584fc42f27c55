"""The cache: one that several processes share, or a memory of one's own."""

from typing import Any

from biologidex.config.env import BadValue


def of(address: str) -> dict[str, dict[str, Any]]:
    """Return Django's CACHES, or raise BadValue without repeating a password."""
    if not address:
        # Requests are counted here: at the default of 300, trying many names would push the counters out.
        memory = {
            "BACKEND": "biologidex.core.own_cache.OwnCache",
            "OPTIONS": {"MAX_ENTRIES": 10_000},
        }
        return {"default": memory}
    if not address.startswith(("redis://", "rediss://", "unix://")):
        raise BadValue("BIOLOGIDEX_CACHE_URL must be redis://, rediss:// or unix://")
    return {"default": {"BACKEND": "biologidex.core.shared_cache.SharedCache", "LOCATION": address}}
