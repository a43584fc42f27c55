"""How the API refuses: in v1 in the two shapes that the existing client reads, in v2 as RFC 9457 has it."""

from http import HTTPStatus
from typing import Any

import pytest
from rest_framework.test import APIClient

pytestmark = pytest.mark.urls("core.probe")
V2 = {"Accept": "application/json; version=v2"}
REFUSALS: list[tuple[str, int, dict[str, Any], str]] = [
    ("field", 400, {"name": ["It is too long."]}, "invalid"),
    ("invalid", 400, {"detail": "It cannot be."}, "invalid"),
    ("unauthenticated", 401, {"detail": "Who are you?"}, "unauthenticated"),
    ("forbidden", 403, {"detail": "It is Ann's."}, "forbidden"),
    ("missing", 404, {"detail": "There is no such thing."}, "not_found"),
    ("conflict", 409, {"detail": "It is done already."}, "conflict"),
    ("large", 413, {"detail": "It is too large."}, "too_large"),
    ("many", 429, {"detail": "Wait a little."}, "too_many"),
    ("down", 503, {"detail": "Come again later."}, "unavailable"),
    ("form", 400, {"name": ["This is needed."], "non_field_errors": ["The two differ."]}, ""),
    (
        *("nested", 400),
        {"rows": ["0.name: This is needed.", "0.name: It is short."], "size": ["Too many."]},
        "",
    ),
    ("rows", 400, {"rows": ["1.of: They differ."]}, ""),
    ("many rows", 400, {"detail": "1.name: This is needed."}, ""),
    ("list", 400, {"detail": "The one. The other."}, ""),
]


@pytest.mark.parametrize(("kind", "status", "said", "code"), REFUSALS, ids=[row[0] for row in REFUSALS])
def test_version_1_blames_a_field_or_has_a_detail(
    api: APIClient, kind: str, status: int, said: dict[str, Any], code: str
) -> None:
    answer = api.get(f"/api/v1/refused/{kind}/")

    assert answer.status_code == status
    assert answer["Content-Type"] == "application/json"
    assert answer.json() == said | ({"code": code} if code else {})


@pytest.mark.parametrize(("kind", "status", "said", "code"), REFUSALS, ids=[row[0] for row in REFUSALS])
def test_version_2_is_a_problem_document_with_the_fields_under_errors(
    api: APIClient, kind: str, status: int, said: dict[str, Any], code: str
) -> None:
    answer = api.get(f"/api/v1/refused/{kind}/", headers=V2)

    document = answer.json()
    assert answer["Content-Type"] == "application/problem+json"
    assert (answer.status_code, document.pop("status")) == (status, status)
    assert (document.pop("type"), document.pop("title")) == ("about:blank", HTTPStatus(status).phrase)
    assert document.pop("code", "") == code
    assert document == (said if "detail" in said else {"errors": said})


@pytest.mark.parametrize("headers", [{}, V2], ids=["v1", "v2"])
def test_whoever_has_to_wait_is_told_for_how_long(api: APIClient, headers: dict[str, str]) -> None:
    assert api.get("/api/v1/refused/many/", headers=headers)["Retry-After"] == "7"


def test_whoever_is_not_known_is_told_how_to_prove_it(api: APIClient) -> None:
    assert api.get("/api/v1/refused/unauthenticated/")["WWW-Authenticate"] == 'Bearer realm="api"'


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/api/v1/numbers/", 405),
        ("POST", "/api/v1/counted/", 415),
        ("GET", "/api/v1/nothing-here/", 404),
        ("GET", "/api/v1/numbers/?page=0", 404),
        ("GET", "/api/v1/numbers/?cursor=nonsense", 404),
    ],
)
def test_what_the_framework_refuses_has_the_same_two_shapes(
    api: APIClient, method: str, path: str, status: int
) -> None:
    sent: dict[str, Any] = {"data": "<a/>", "content_type": "application/xml"} if status == 415 else {}
    if "cursor" not in path:
        answer = api.generic(method, path, **sent)
        assert (answer.status_code, answer["Content-Type"]) == (status, "application/json")
        assert isinstance(answer.json()["detail"], str)
    if "page" not in path:
        answer = api.generic(method, path, headers=V2, **sent)
        assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
        assert answer.json()["status"] == status
