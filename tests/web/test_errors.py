"""What people see when something does not work, and what their browser reads about us."""

import errno
import io
import uuid
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import OperationalError, connection
from django.db.backends.utils import CursorWrapper
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from PIL import Image
from pytest_django import DjangoAssertNumQueries
from pytest_django.asserts import assertContains

import make
from biologidex.accounts.models import User
from biologidex.core import errors
from biologidex.media.models import Photo
from biologidex.web.errors import DomainErrorMiddleware

SENTENCE = "That <b>cannot</b> be."


def answered(error: Exception, path: str = "/dex/", **headers: str) -> Any:
    def never(_: HttpRequest) -> HttpResponse:
        raise AssertionError

    request: Any = RequestFactory().get(path, headers=headers)
    request.user, request.htmx = User(), headers.get("HX-Request")
    return DomainErrorMiddleware(never).process_exception(request, error)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (errors.Invalid, 400),
        (errors.Forbidden, 403),
        (errors.NotFound, 404),
        (errors.Conflict, 409),
        (errors.TooLarge, 413),
        (errors.TooMany, 429),
        (errors.Unavailable, 503),
    ],
)
def test_a_domain_error_becomes_a_page_with_its_sentence(kind: type[errors.DomainError], status: int) -> None:
    answer = answered(kind(SENTENCE))

    assert answer.status_code == status
    assert "That &lt;b&gt;cannot&lt;/b&gt; be." in answer.content.decode()


def test_htmx_gets_a_notice_and_where_to_put_it() -> None:
    answer = answered(errors.Conflict(SENTENCE), **{"HX-Request": "true"})

    assert answer.status_code == 409
    assert answer.headers["HX-Retarget"] == "#notices"
    assert b"<html" not in answer.content


def test_a_script_gets_json() -> None:
    answer = answered(errors.Conflict(SENTENCE), Accept="application/json")

    assert answer.status_code == 409
    assert answer.content == b'{"detail": "That <b>cannot</b> be.", "code": "conflict"}'


def test_other_errors_and_the_api_are_left_alone() -> None:
    assert answered(ValueError("internals")) is None
    assert answered(errors.Conflict(SENTENCE), path="/api/v1/animals/") is None


@pytest.mark.django_db
def test_the_page_of_a_fault_asks_nothing_of_the_database(
    ann: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ann)

    with django_assert_num_queries(0):
        assert client.get("/nothing/").status_code == 404
        assert client.post("/sign-out/").status_code == 403


@pytest.mark.django_db
def test_a_card_that_is_not_there_costs_no_more_than_looking_for_it(anns: Client) -> None:
    missing = f"/dex/{uuid.uuid4()}/"
    anns.get(missing)  # the first request of a sign-in notes that it was used

    with CaptureQueriesContext(connection) as queries:
        page = anns.get(missing)

    assertContains(page, "Nothing lives here", status_code=404)
    assertContains(page, 'href="/feed/"', status_code=404)  # one is known, so the way on is shown
    assert queries.captured_queries[-1]["sql"].count("dex_entries")  # nothing is asked after that


@pytest.mark.django_db
def test_pages_of_faults_stand_when_the_database_is_broken(
    anns: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise OperationalError

    monkeypatch.setattr(CursorWrapper, "execute", broken)
    anns.raise_request_exception = False

    assertContains(anns.get("/nothing/"), "Nothing lives here", status_code=404)
    assertContains(anns.get("/dex/"), "Back in a moment", status_code=503)


@pytest.mark.django_db
def test_a_photo_for_which_there_is_no_room_leaves_nothing_and_is_told_so(
    anns: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(default_storage, "save", full)
    anns.raise_request_exception = False

    answer = anns.post("/capture/", {"image": io.BytesIO(make.jpeg_bytes())})

    assertContains(answer, "No room left", status_code=507)
    assert not Photo.objects.exists()


@pytest.mark.django_db
def test_an_unknown_page_looks_like_the_others(browser: Client) -> None:
    assertContains(browser.get("/nothing/"), "Nothing lives here", status_code=404)


@pytest.mark.django_db
def test_a_form_that_is_too_old_says_what_to_do() -> None:
    answer = Client(enforce_csrf_checks=True).post("/sign-in/", {"name": "ann", "password": "x"})

    assertContains(answer, "reload it and try again", status_code=403)


@pytest.mark.parametrize(
    ("template", "said"), [("500.html", "Something broke"), ("503.html", "Back in a moment")]
)
def test_the_pages_of_last_resort_need_nothing_of_the_server(template: str, said: str) -> None:
    page = render_to_string(template)

    assert said in page
    assert "<script" not in page


@pytest.mark.django_db
def test_a_phone_can_install_us(browser: Client) -> None:
    answer = browser.get("/manifest.webmanifest")

    assert answer["Content-Type"] == "application/manifest+json"
    assert answer.json()["display"] == "standalone"
    assert {icon["purpose"] for icon in answer.json()["icons"]} == {"any", "maskable"}
    assertContains(browser.get("/"), 'rel="manifest"')


@pytest.mark.django_db
def test_pages_allow_no_script_or_style_that_is_not_ours(browser: Client) -> None:
    answer = browser.get("/")

    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    page = answer.content.decode()
    assert " style=" not in page
    assert " onclick=" not in page
    assert "http://" not in page.replace("http://www.w3.org/", "")


@pytest.mark.django_db
def test_home_screens_that_take_no_drawing_get_our_mark_as_a_picture(browser: Client) -> None:
    answer = browser.get("/apple-touch-icon.png")

    with Image.open(io.BytesIO(answer.content)) as icon:
        assert (icon.format, icon.size) == ("PNG", (180, 180))
        assert len(icon.getcolors(icon.width * icon.height) or []) > 4
    assertContains(browser.get("/"), 'rel="apple-touch-icon" href="/apple-touch-icon.png"')
