"""Settings of what others may know, of who looks at photos, and the end of an account."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

import make
from biologidex.accounts.models import User, UserProfile
from biologidex.core.jobs import runner
from biologidex.vision import services as vision
from biologidex.vision.models import PaidCall, SpendingMonth

pytestmark = pytest.mark.django_db
USUAL = {"default_visibility": "private", "default_geoprivacy": "open", "default_license": "CC-BY-4.0"}


def test_what_a_find_begins_with_is_set_and_cards_stay_as_they_are(anns: Client, ann: User) -> None:
    entry = make.dex_entry(ann, visibility="public")

    assertRedirects(anns.post("/settings/privacy/", USUAL), "/settings/privacy/")

    profile = UserProfile.objects.get(user=ann)
    assert {name: getattr(profile, name) for name in USUAL} == USUAL
    entry.refresh_from_db()
    assert entry.visibility == "public"


@pytest.mark.parametrize("field", USUAL)
def test_what_is_no_choice_is_refused(anns: Client, ann: User, field: str) -> None:
    answer = anns.post("/settings/privacy/", {**USUAL, field: "everything"})

    assert (answer.status_code, list(answer.context["form"].errors)) == (400, [field])
    assert UserProfile.objects.get(user=ann).default_visibility == "friends"


def test_another_friend_code_takes_a_press_and_ends_the_old_one(anns: Client, ann: User) -> None:
    assert anns.get("/settings/privacy/code/").status_code == 405

    answer = anns.post("/settings/privacy/code/", follow=True)

    new = User.objects.get(pk=ann.pk).friend_code
    assert new != ann.friend_code
    assertContains(answer, new)


class TestIdentification:
    """Who looks at photos, what leaves the server, and what it cost."""

    PATH = "/settings/identification/"

    @pytest.fixture
    def paid(self, settings: Any) -> Iterator[None]:
        """Let this server ask somebody elsewhere, for money."""
        settings.VISION_PROVIDERS = ["local", "openai"]
        settings.VISION_ENGINE = {**settings.VISION_ENGINE, "openai_api_key": "not-a-key"}
        settings.VISION_BUDGET_PERSON = Decimal("1.00")
        vision.providers.cache_clear()
        yield
        vision.providers.cache_clear()

    def test_a_server_that_asks_nobody_says_so(self, anns: Client, settings: Any) -> None:
        page = anns.get(self.PATH)

        assertContains(page, "They are sent nowhere.")
        assertNotContains(page, "This month")

    @pytest.mark.usefixtures("paid")
    def test_what_leaves_the_server_is_said_and_agreed_to_by_name(self, anns: Client, ann: User) -> None:
        assertContains(
            anns.get(self.PATH), "Gets a small copy of the photo, without place, time or your name."
        )

        assertRedirects(anns.post(self.PATH, {"providers": ["openai"]}), self.PATH)
        assert [choice.name for choice in vision.choices_for(ann) if choice.is_given] == ["openai"]
        assertContains(anns.get(self.PATH), "You agreed on")
        assertRedirects(anns.post(self.PATH, {}), self.PATH)

        assert not any(choice.is_given for choice in vision.choices_for(ann))
        assert anns.post(self.PATH, {"providers": ["somebody"]}).status_code == 400

    @pytest.mark.usefixtures("paid")
    def test_what_was_spent_is_told_to_whom_it_was_spent_on(self, anns: Client, ann: User, eve: User) -> None:
        month = SpendingMonth.objects.create(month=timezone.now().date().replace(day=1))
        for owner, cost in ((ann, "0.25"), (ann, None), (eve, "0.40")):
            PaidCall.objects.create(
                month=month,
                owner=owner,
                provider="openai",
                model="m",
                estimate_usd="0.05",
                cost_usd=cost and Decimal(cost),
            )

        told = anns.get(self.PATH).context

        assert (told["calls"], told["spent"], told["left"]) == (2, Decimal("0.30"), Decimal("0.70"))


class TestLeaving:
    """What goes is said first, then it goes."""

    PATH = "/settings/delete/"

    def test_says_what_goes(self, anns: Client, ann: User, bob: User) -> None:
        make.dex_entry(ann)
        make.friends(ann, bob)
        make.dex_entry(bob)

        shown = anns.get(self.PATH).context

        assert (shown["cards"], shown["photos"], shown["friends"]) == (1, 1, 1)

    def test_takes_the_password(self, anns: Client, ann: User) -> None:
        for password in ("", "wrong"):
            assert anns.post(self.PATH, {"password": password}).status_code == 400

        ann.refresh_from_db()
        assert ann.is_active
        assert anns.get("/dex/").status_code == 200

    def test_takes_rows_and_files_along_and_ends_in_a_farewell(
        self, anns: Client, ann: User, bob: User, media_folder: Path
    ) -> None:
        make.dex_entry(ann)
        make.dex_entry(bob)

        answer = anns.post(self.PATH, {"password": make.PASSWORD})
        assertRedirects(answer, "/farewell/")
        assertRedirects(anns.get("/dex/"), "/sign-in/?next=/dex/")
        runner.run_due()

        assert list(User.objects.values_list("username", flat=True)) == ["bob"]
        assert [path for path in media_folder.rglob("*") if ann.pk.hex in str(path)] == []
        assert [path for path in media_folder.rglob("*") if path.is_file()] != []
