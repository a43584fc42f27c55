"""The description of the API is whole, true to the code, and committed."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.validation import validate_schema

from api.operations import operations
from biologidex.ops.views import as_yaml
from biologidex.ops.views import description as describe

COMMITTED = Path(__file__).parents[2] / "docs" / "api" / "openapi.yaml"

# What the audit names, or what the contract of the existing client does.
SURFACE = """
POST /api/v1/auth/login/             GET /api/v1/graph/tree/
POST /api/v1/auth/refresh/           GET /api/v1/graph/tree/chunk/{x}/{y}/
POST /api/v1/users/                  GET /api/v1/graph/tree/search/
GET /api/v1/users/me/                GET /api/v1/graph/tree/friends/
GET /api/v1/users/{user_id}/         POST /api/v1/graph/tree/invalidate/
GET /api/v1/users/friend_code/       GET /api/v1/graph/evolutionary-tree/
POST /api/v1/users/lookup_friend_code/
GET /api/v1/profiles/{user_id}/      GET /api/v1/social/friendships/
GET /api/v1/animals/                 GET /api/v1/social/friendships/friends/
GET /api/v1/animals/{id}/            GET /api/v1/social/friendships/pending/
GET /api/v1/animals/recent/          POST /api/v1/animals/lookup_or_create/
GET /api/v1/animals/popular/         GET /api/v1/animals/{id}/taxonomy/
POST /api/v1/taxonomy/validate/      GET /api/v1/dex/entries/{entry_id}/
GET /api/v1/taxonomy/search/         POST /api/v1/social/friendships/send_request/
POST /api/v1/images/convert/         POST /api/v1/social/friendships/{friendship_id}/respond/
GET /api/v1/images/convert/{photo_id}/
GET /api/v1/images/convert/{photo_id}/download/
DELETE /api/v1/social/friendships/{which}/unfriend/
GET /api/v1/vision/jobs/             GET /api/v1/dex/entries/
POST /api/v1/vision/jobs/            POST /api/v1/dex/entries/
GET /api/v1/vision/jobs/{job_id}/    GET /api/v1/dex/entries/my_entries/
POST /api/v1/vision/jobs/{job_id}/select_animal/
POST /api/v1/vision/jobs/{job_id}/retry/
GET /api/v1/vision/jobs/completed/   GET /api/v1/dex/entries/sync_entries/
GET /api/v1/dex/entries/user/{user_id}/entries/
POST /api/v1/dex/entries/batch_sync/ GET /api/v1/dex/entries/friends_overview/
PUT /api/v1/dex/entries/{entry_id}/  POST /api/v1/dex/entries/{entry_id}/toggle_favorite/
GET /api/v1/dex/entries/favorites/   GET /api/v1/version/
GET /health/                         GET /ready/
GET /api/v1/health/
"""
# These speak no JSON to programs: the description itself and its pages.
UNDESCRIBED = {"/api/schema/", "/api/docs/", "/api/redoc/"}


# Numbers for Prometheus, for whoever runs the server (docs/observability.md): in its own format, no part of the API.
FOR_OPERATORS = "/metrics"


def test_it_is_made_without_a_warning() -> None:
    GENERATOR_STATS.reset()

    describe()

    assert dict(GENERATOR_STATS._warn_cache) == {}
    assert dict(GENERATOR_STATS._error_cache) == {}


def test_it_is_openapi_3_1(description: Any) -> None:
    validate_schema(description)

    assert description["openapi"].startswith("3.1")


def test_the_committed_file_is_current() -> None:
    written = as_yaml()

    assert COMMITTED.read_bytes() == written, "The API has changed: run `make openapi`."
    assert yaml.safe_load(written)["paths"]


@pytest.mark.parametrize("name", re.findall(r"[A-Z]+ /\S+", SURFACE))
def test_the_surface_that_others_rely_on_is_there(description: Any, name: str) -> None:
    assert name in {operation.name for operation in operations(description)}


def test_every_operation_says_what_it_belongs_to_and_what_it_does(description: Any) -> None:
    silent = [
        operation.name
        for operation in operations(description)
        if len(operation.said.get("tags", [])) != 1 or len(operation.said.get("description", "")) < 10
    ]

    assert silent == []


def test_every_operation_has_a_name_of_its_own(description: Any) -> None:
    names = Counter(operation.said["operationId"] for operation in operations(description))

    assert [name for name, times in names.items() if times > 1] == []
    assert [name for name in names if name[-1].isdigit()] == []  # a number makes two equal names differ


def test_every_address_under_api_is_described(description: Any) -> None:
    described = {_without_names(path) for path in description["paths"]}
    known = {_without_names(path) for path in _addresses(get_resolver().url_patterns)}

    assert len(described) > 50
    assert {path for path in known - described if path.startswith("/api/")} == UNDESCRIBED


def test_what_only_the_operator_may_read_is_served_and_no_part_of_the_description(description: Any) -> None:
    observability = (COMMITTED.parents[1] / "observability.md").read_text(encoding="utf-8")

    assert resolve(FOR_OPERATORS)
    assert [path for path in description["paths"] if FOR_OPERATORS in path] == []
    assert "no part of the API's description" in observability


def test_every_parameter_is_explained_by_its_type(description: Any) -> None:
    bare = [
        (operation.name, parameter["name"])
        for operation in operations(description)
        for parameter in operation.said.get("parameters", [])
        if not parameter.get("schema")
    ]

    assert bare == []


def _without_names(path: str) -> str:
    """Write `<uuid:entry_id>`, `(?P<x>...)` and `{entry_id}` alike."""
    return re.sub(
        r"\(\?P<\w+>[^)]*\)|<[^>]*>|{[^}]*}", "*", path.replace("^", "").replace("/?$", "/").replace("$", "")
    )


def _addresses(patterns: list[URLPattern | URLResolver], before: str = "/") -> set[str]:
    found: set[str] = set()
    for pattern in patterns:
        path = before + str(pattern.pattern)
        found |= _addresses(pattern.url_patterns, path) if isinstance(pattern, URLResolver) else {path}
    return found
