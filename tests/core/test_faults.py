"""What people and programs get when no view answers."""

import errno
import io
from ipaddress import ip_network
from typing import Any, cast

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import InterfaceError, OperationalError
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory

from biologidex.accounts import api
from biologidex.core import faults
from biologidex.core.head import HeadMiddleware
from biologidex.core.logging import ContextFilter


def test_an_unknown_address_of_the_api_is_json_and_elsewhere_a_page(client: Client) -> None:
    answer, page = client.get("/api/v1/nothing-here/"), client.get("/nothing-here/")

    assert (answer.status_code, answer["Content-Type"]) == (404, "application/json")
    assert set(answer.json()) == {"detail"}
    assert page.status_code == 404
    assert page["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_a_database_that_is_away_for_a_moment_is_told_as_that(
    client: Client, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def away(self: object, request: HttpRequest) -> None:
        raise error("connection to server at 10.0.0.7 failed")

    monkeypatch.setattr(api.Myself, "get", away)
    monkeypatch.setattr(api.Myself, "permission_classes", [])
    client.raise_request_exception = False

    answer = client.get("/api/v1/users/me/")

    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert answer.json() == {"detail": "BiologiDex is away for a moment. Please try again."}


class DiskFull(Exception):
    """PostgreSQL's own word for it."""

    sqlstate = "53100"


def of_postgresql() -> Exception:
    error = OperationalError("could not extend file")
    error.__cause__ = DiskFull()
    return error


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device", "/var/lib/biologidex/media/photos/1.jpg"),
        OSError(errno.EDQUOT, "Disk quota exceeded"),
        OperationalError("database or disk is full"),
        of_postgresql(),
    ],
    ids=["disk", "quota", "sqlite", "postgresql"],
)
def test_a_full_disk_is_told_as_that_and_nobody_is_told_where(
    client: Client, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def full(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(api.Myself, "get", full)
    monkeypatch.setattr(api.Myself, "permission_classes", [])
    client.raise_request_exception = False

    answer = client.get("/api/v1/users/me/")

    assert (answer.status_code, answer["Retry-After"]) == (507, "300")
    assert answer.json() == {"detail": "This server has no room left. Please try again later."}


def test_a_fault_of_ours_tells_nothing_of_the_inside(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: object, request: HttpRequest) -> None:
        raise RuntimeError("the inside: password=hunter2")

    monkeypatch.setattr(api.Myself, "get", broken)
    monkeypatch.setattr(api.Myself, "permission_classes", [])
    client.raise_request_exception = False

    answer = client.get("/api/v1/users/me/")

    assert answer.status_code == 500
    assert answer.json() == {"detail": "Something broke on this server. Please try again later."}


@pytest.mark.parametrize("path", ["/api/v1/x/", "/x/"])
def test_what_django_refuses_to_read_is_a_bad_request(path: str) -> None:
    request = HttpRequest()
    request.path = path

    assert faults.bad_request(request, ValueError("inside")).status_code == 400


def test_every_answer_carries_a_request_id_and_keeps_a_harmless_one_of_the_proxy(
    client: Client, settings: Any
) -> None:
    settings.TRUSTED_PROXIES = [ip_network("127.0.0.1")]
    given = client.get("/health/", headers={"X-Request-ID": "my-own-id-0001"})
    forged = client.get("/health/", headers={"X-Request-ID": "x\nSet-Cookie: a=b"})

    assert given["X-Request-ID"] == "my-own-id-0001"
    assert len(forged["X-Request-ID"]) == 32


def test_head_says_all_that_get_says_but_the_body(client: Client) -> None:
    for path in ("/health/", "/api/v1/nothing-here/", "/nothing-here/"):
        request = RequestFactory().head(path)
        answer = cast("HttpResponse", WSGIHandler().get_response(request))

        assert answer.content == b""
        assert answer["Content-Length"] == str(len(client.get(path).content))


@pytest.mark.django_db  # closing an answer lets the connection go
def test_head_opens_no_stream() -> None:
    file = io.BytesIO(b"picture")
    request = RequestFactory().head("/")

    answer = HeadMiddleware(lambda _: FileResponse(file))(request)

    assert list(cast("StreamingHttpResponse", answer)) == []
    assert answer["Content-Length"] == "7"
    answer.close()
    assert file.closed


def test_what_is_logged_of_a_refused_request_carries_its_id(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.handler.addFilter(ContextFilter())

    answer = client.get("/api/v1/nothing-here/")

    (record,) = [record for record in caplog.records if record.name == "django.request"]
    assert record.request_id == answer["X-Request-ID"]  # type: ignore[attr-defined]
