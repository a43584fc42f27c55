"""Which view an address of the API leads to, found once for each."""

from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest
from django.urls import Resolver404, ResolverMatch, resolve


def route_of(request: HttpRequest) -> ResolverMatch | None:
    """Return where a request leads to, None if nowhere, and note it on the request."""
    try:
        request.resolver_match = _found(request.path_info, settings.ROOT_URLCONF)
    except Resolver404:
        return None
    return request.resolver_match


@lru_cache(10_000)
def _found(path: str, addresses: str) -> ResolverMatch:
    """Django compares a path with one pattern after the other, of which there are a hundred."""
    return resolve(path, addresses)
