"""Settings of oneself: what is told, how pages look, the address, the password, the devices."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

import make
from biologidex.accounts import services
from biologidex.accounts.models import Session, User, UserProfile
from biologidex.core.jobs import runner

pytestmark = pytest.mark.django_db
PAGES = ("", "profile/", "password/", "privacy/", "identification/", "data/", "devices/", "delete/")
PROFILE = {"display_name": "Ann O.", "bio": "", "language": "", "color_scheme": "", "time_zone": ""}
HOSTILE = "<script>alert(1)</script> \u202eeman \U0001f98a" + "w" * 400


@pytest.fixture
def signed(browser: Client, ann: User) -> Client:
    """Ann's browser, signed in through the door."""
    browser.post("/sign-in/", {"name": "ann", "password": make.PASSWORD})
    return browser


@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_the_settings_is_for_whoever_is_signed_in(browser: Client, anns: Client, page: str) -> None:
    path = f"/settings/{page}"

    assertRedirects(browser.get(path), f"/sign-in/?next={path}")
    answer = anns.get(path)
    assertContains(answer, 'href="/settings/privacy/"')
    assert "private" in answer["Cache-Control"]


def test_a_profile_is_changed_and_pages_look_so_at_once(anns: Client, ann: User) -> None:
    told = {
        "display_name": "Ann of the Mill",
        "bio": "Owls.",
        "language": "en",
        "color_scheme": "dark",
        "time_zone": "America/Lima",
    }

    answer = anns.post("/settings/profile/", told)

    assertRedirects(answer, "/settings/profile/", fetch_redirect_response=False)
    profile = UserProfile.objects.get(user=ann)
    assert {name: getattr(profile, name) for name in told} == told
    page = anns.get("/settings/profile/")
    assertContains(page, 'data-scheme="dark"')
    assertContains(page, "Saved.")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("display_name", "two\nlines"),
        ("display_name", "turned \u202e round"),
        ("display_name", "n" * 61),
        ("bio", "b" * 501),
        ("language", "xx"),
        ("color_scheme", "pink"),
        ("time_zone", "Mars/Olympus"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(anns: Client, ann: User, field: str, value: str) -> None:
    answer = anns.post("/settings/profile/", {**PROFILE, field: value})

    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == [field]
    assert UserProfile.objects.get(user=ann).display_name == ""


def test_whatever_a_person_tells_renders_inert(anns: Client, ann: User) -> None:
    UserProfile.objects.filter(user=ann).update(display_name="<b>Ann</b>", bio=HOSTILE)

    page = anns.get("/settings/profile/").content.decode()

    assert "<script>alert" not in page
    assert "<b>Ann</b>" not in page


class TestEmail:
    """Another address takes the password, and may have to be confirmed."""

    PATH = "/settings/email/"

    def test_counts_at_once_where_addresses_are_not_confirmed(self, anns: Client, ann: User) -> None:
        answer = anns.post(self.PATH, {"email": "Ann@new.example", "password": make.PASSWORD}, follow=True)

        assertContains(answer, "Your e-mail address is ann@new.example now.")
        assertContains(answer, "Not confirmed yet")
        ann.refresh_from_db()
        assert ann.email == "ann@new.example"

    def test_counts_when_its_mail_was_read_where_they_are(
        self, anns: Client, ann: User, settings: Any
    ) -> None:
        settings.EMAIL_VERIFICATION = True

        answer = anns.post(self.PATH, {"email": "ann@new.example", "password": make.PASSWORD}, follow=True)

        assertContains(answer, "Please open the link in the mail to ann@new.example")
        ann.refresh_from_db()
        assert ann.email == "ann@example.org"

    def test_takes_the_password(self, anns: Client, ann: User) -> None:
        answer = anns.post(self.PATH, {"email": "ann@new.example", "password": "wrong"})

        assertContains(answer, "This is not your password.", status_code=400)
        ann.refresh_from_db()
        assert ann.email == "ann@example.org"

    def test_of_somebody_else_is_refused(self, anns: Client, bob: User) -> None:
        answer = anns.post(self.PATH, {"email": bob.email, "password": make.PASSWORD})

        assertContains(answer, "already an account with this e-mail", status_code=400)

    def test_is_confirmed_by_a_mail_that_one_can_ask_for(self, anns: Client, ann: User) -> None:
        User.objects.filter(pk=ann.pk).update(email_confirmed=False)

        assertContains(anns.get("/settings/profile/"), "Not confirmed yet")
        assertRedirects(anns.post("/settings/email/confirm/"), "/settings/profile/")
        runner.run_due()

        assert [message.to for message in mail.outbox] == [["ann@example.org"]]


class TestPassword:
    """The old one, the new one, and who stays signed in."""

    PATH = "/settings/password/"

    def test_counts_here_at_once_and_ends_every_other_sign_in(self, signed: Client, ann: User) -> None:
        services.open_session(user=ann, device="An old phone")

        answer = signed.post(self.PATH, {"old_password": make.PASSWORD, "password": "a-heron-at-dusk"})

        assertRedirects(answer, self.PATH)
        assert list(Session.objects.values_list("kind", flat=True)) == ["browser"]
        assert signed.get("/dex/").status_code == 200
        ann.refresh_from_db()
        assert ann.check_password("a-heron-at-dusk")

    @pytest.mark.parametrize(
        ("old", "new", "field"),
        [
            ("wrong", "a-heron-at-dusk", "old_password"),
            (make.PASSWORD, "12345678", "password"),
            ("", "", None),
        ],
    )
    def test_is_refused_beside_what_is_wrong(
        self, anns: Client, ann: User, old: str, new: str, field: str | None
    ) -> None:
        answer = anns.post(self.PATH, {"old_password": old, "password": new})

        assert answer.status_code == 400
        assert field is None or list(answer.context["form"].errors) == [field]
        assert make.PASSWORD not in answer.content.decode()
        ann.refresh_from_db()
        assert ann.check_password(make.PASSWORD)


class TestDevices:
    """Where one is signed in, and the end of it."""

    PATH = "/settings/devices/"

    def test_are_listed_to_their_owner_alone(self, signed: Client, ann: User, eve: User) -> None:
        services.open_session(user=ann, device="Firefox on Linux")
        services.open_session(user=eve, device="Eve's <phone>")

        page = signed.get(self.PATH)

        assertContains(page, "Firefox on Linux")
        assertContains(page, "This one", count=1)
        assertNotContains(page, "phone")

    def test_one_is_signed_out(self, signed: Client, ann: User) -> None:
        other = services.open_session(user=ann, device="An old phone")

        assertRedirects(signed.post(f"{self.PATH}{other.pk}/"), self.PATH)

        assert not Session.objects.filter(pk=other.pk).exists()
        assert signed.get("/dex/").status_code == 200

    def test_the_one_in_ones_hand_leads_to_the_door(self, signed: Client, ann: User) -> None:
        (here,) = Session.objects.filter(user=ann)

        assertRedirects(signed.post(f"{self.PATH}{here.pk}/"), "/sign-in/")
        assertRedirects(signed.get("/dex/"), "/sign-in/?next=/dex/")

    def test_those_of_others_are_not_ones_to_end(self, signed: Client, eve: User) -> None:
        eves = services.open_session(user=eve, device="Eve's")

        signed.post(f"{self.PATH}{eves.pk}/")
        signed.post(f"{self.PATH}others/")

        assert Session.objects.filter(pk=eves.pk).exists()

    def test_all_others_are_signed_out_at_once(self, signed: Client, ann: User) -> None:
        for device in ("one", "two"):
            services.open_session(user=ann, device=device)

        assertRedirects(signed.post(f"{self.PATH}others/"), self.PATH)

        assert Session.objects.filter(user=ann).count() == 1
        assert signed.get("/dex/").status_code == 200
