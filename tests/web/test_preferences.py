"""How somebody wants pages to look: remembered by their account, carried by cookies, right from the first byte."""

from datetime import UTC, datetime

import pytest
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.utils import timezone

import make
from biologidex.accounts import services
from biologidex.accounts.errors import BadDetails
from biologidex.accounts.models import User, UserProfile
from biologidex.web.preferences import TimeZoneMiddleware

pytestmark = pytest.mark.django_db


def signed_in(browser: Client) -> Client:
    assert browser.post("/sign-in/", {"name": "ann", "password": make.PASSWORD}).status_code == 302
    return browser


@pytest.mark.parametrize(
    ("scheme", "told", "not_told"),
    [
        ("", 'media="(prefers-color-scheme: dark)"', "data-scheme"),
        ("dark", 'data-scheme="dark"', "prefers-color-scheme"),
        ("light", 'data-scheme="light"', "dark.css"),
        ('"><script>', 'media="(prefers-color-scheme: dark)"', "<script>alert"),
    ],
)
def test_the_very_first_byte_has_the_chosen_colours(
    browser: Client, scheme: str, told: str, not_told: str
) -> None:
    browser.cookies["scheme"] = scheme

    page = browser.get("/").content.decode()

    assert told in page
    assert not_told not in page


def test_signing_in_brings_ones_choices_along_and_nobody_elses(browser: Client, ann: User) -> None:
    UserProfile.objects.filter(user=ann).update(color_scheme="dark", time_zone="America/Lima", language="en")
    browser.cookies["scheme"] = "light"

    carried = signed_in(browser).cookies

    assert (carried["scheme"].value, carried["time_zone"].value) == ("dark", "America/Lima")
    assert carried["django_language"].value == "en"
    assert carried["scheme"]["httponly"]
    assert carried["scheme"]["samesite"] == "Lax"

    UserProfile.objects.filter(user=ann).update(color_scheme="", time_zone="", language="")
    browser.post("/sign-out/")
    assert signed_in(browser).cookies["scheme"].value == ""


@pytest.mark.parametrize(
    ("zone", "path", "hour"),
    [
        ("America/Lima", "/dex/", "07:00"),
        ("", "/dex/", "12:00"),
        ("Nowhere/At-all", "/dex/", "12:00"),
        ("America/Lima", "/api/v1/", "12:00"),
    ],
)
def test_pages_tell_times_by_the_persons_clock_and_programs_utc(zone: str, path: str, hour: str) -> None:
    noon = Context({"at": datetime(2026, 1, 1, 12, tzinfo=UTC)})
    told: list[str] = []
    request = RequestFactory().get(path)
    request.COOKIES["time_zone"] = zone

    TimeZoneMiddleware(lambda _: told.append(Template("{{ at|date:'H:i' }}").render(noon)))(request)  # type: ignore[arg-type, return-value, func-returns-value]

    assert told == [hour]
    assert timezone.get_current_timezone_name() == "UTC"


@pytest.mark.parametrize(("field", "value"), [("language", "xx"), ("time_zone", "Mars/Olympus")])
def test_what_is_no_language_or_time_zone_is_refused(ann: User, field: str, value: str) -> None:
    with pytest.raises(BadDetails) as refused:
        services.change_account(by=ann, person=ann, address="", **{field: value})

    assert refused.value.field == field
