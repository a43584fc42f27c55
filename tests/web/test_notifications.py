"""The pages of what one is told, and the choice of what."""

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

import make
from biologidex.accounts.models import User
from biologidex.dex import services as dex
from biologidex.dex.models import DexEntry
from biologidex.dex.selectors.notices import AWAY
from biologidex.social import services
from biologidex.social.models import Notification
from biologidex.social.selectors import settings_of
from biologidex.social.services.notices import UNSUBSCRIBE
from biologidex.vision.models import AnalysisJob

pytestmark = pytest.mark.django_db


def sentences(browser: Client) -> list[str]:
    return [one.sentence for one in browser.get("/notifications/").context["told"]]


@pytest.fixture
def card(ann: User, bob: User) -> DexEntry:
    """A card of Ann's, for her friend Bob to see."""
    make.friends(bob, ann)
    Notification.objects.all().delete()
    return make.dex_entry(ann, animal=make.animal(make.taxon("Canis lupus", common_name="gray wolf")))


def test_each_thing_is_told_in_a_sentence_that_leads_to_it(
    anns: Client, ann: User, bob: User, eve: User, card: DexEntry
) -> None:
    make.request(eve, ann)
    dex.react(by=bob, entry=card, kind="wow")
    services.notify(person_id=ann.pk, kind="badge", detail="ten")

    assert sentences(anns) == [
        "You have earned a badge: Ten plates.",
        "bob: Wow. Your card: Gray wolf.",
        "eve asks to be your friend.",
    ]
    led = [one.address for one in anns.get("/notifications/").context["told"]]
    assert led == ["/progress/", f"/dex/{card.pk}/", "/friends/"]


def test_the_bell_counts_what_is_new_until_it_is_read(
    anns: Client, ann: User, bob: User, card: DexEntry
) -> None:
    dex.react(by=bob, entry=card, kind="wow")
    assertContains(anns.get("/dex/"), "1 new")

    one = Notification.objects.get()
    assertRedirects(anns.get(f"/notifications/{one.pk}/"), f"/dex/{card.pk}/")

    assertNotContains(anns.get("/notifications/bell/"), "1 new")
    assert sentences(anns)  # read, not gone


def test_words_that_friends_left_on_one_card_are_told_and_read_together(
    anns: Client, ann: User, bob: User, card: DexEntry
) -> None:
    for name in ("carl", "dora", "emil", "fay"):
        friend = make.user(name)
        make.friends(ann, friend)
        dex.react(by=friend, entry=card, kind="wow")
    Notification.objects.exclude(kind="reaction").delete()
    assert sentences(anns) == ["fay, emil, dora and 1 more: Wow. Your card: Gray wolf."]

    anns.get(f"/notifications/{Notification.objects.latest('pk').pk}/")

    assert not Notification.objects.unread().exists()


def test_the_word_is_told_that_stands_on_the_card_now(
    anns: Client, ann: User, bob: User, card: DexEntry
) -> None:
    dora = make.user("dora")
    make.friends(ann, dora)
    dex.react(by=bob, entry=card, kind="wow")
    dex.react(by=dora, entry=card, kind="lovely")
    dex.react(by=bob, entry=card, kind="spotted")
    Notification.objects.exclude(kind="reaction").delete()

    assert sentences(anns) == ["dora: Lovely; bob: Well spotted. Your card: Gray wolf."]


def test_everything_can_be_marked_as_read_at_once(anns: Client, ann: User) -> None:
    for badge in ("ten", "fifty"):
        services.notify(person_id=ann.pk, kind="badge", detail=badge)
    assertContains(anns.get("/notifications/"), "Mark all as read")

    anns.post("/notifications/read/")

    assertNotContains(anns.get("/notifications/"), "Mark all as read")


def test_nobody_reads_or_follows_what_another_was_told(
    anns: Client, eves: Client, ann: User, bob: User, card: DexEntry
) -> None:
    dex.react(by=bob, entry=card, kind="wow")

    assert sentences(eves) == []
    assert eves.get(f"/notifications/{Notification.objects.get().pk}/").status_code == 404


def test_of_a_card_that_is_gone_nothing_is_told(anns: Client, ann: User, bob: User, card: DexEntry) -> None:
    dex.react(by=bob, entry=card, kind="wow")
    services.notify(person_id=ann.pk, kind="second_look", subject=card.pk)
    assert len(sentences(anns)) == 2

    dex.delete(by=ann, entry=card)

    assert sentences(anns) == []


def test_whoever_is_blocked_vanishes_from_it_on_both_sides(
    anns: Client, ann: User, bob: User, card: DexEntry
) -> None:
    dex.react(by=bob, entry=card, kind="wow")

    services.block(by=bob, whom=ann)

    assert sentences(anns) == []


def test_an_answer_is_told_only_to_whoever_was_away_and_has_not_filed_it(anns: Client, ann: User) -> None:
    make.job(ann)
    services.notify(person_id=ann.pk, kind="identified", detail="2026-05-04")
    assert sentences(anns) == []  # they may be looking at it just now

    AnalysisJob.objects.update(completed_at=timezone.now() - 2 * AWAY)
    assert sentences(anns) == ["1 photo of yours is identified and waits for your word."]

    AnalysisJob.objects.update(settled_at=timezone.now())
    assert sentences(anns) == []


def test_whoever_does_not_play_hears_of_no_badges(anns: Client, ann: User) -> None:
    services.notify(person_id=ann.pk, kind="badge", detail="ten")
    ann.profile.badges_enabled = False
    ann.profile.save()

    assert sentences(anns) == []


def test_what_one_wants_to_hear_of_is_chosen(anns: Client, ann: User) -> None:
    answer = anns.post("/notifications/settings/", {"kinds": ["badge"], "digest": "daily"})

    assertRedirects(answer, "/notifications/settings/")
    chosen = settings_of(ann)
    assert "badge" not in chosen.muted
    assert "reaction" in chosen.muted
    assert chosen.digest == "daily"
    assertContains(anns.get("/notifications/settings/"), 'value="badge" checked')


def test_a_digest_that_there_is_not_is_refused(anns: Client) -> None:
    assert anns.post("/notifications/settings/", {"digest": "hourly"}).status_code == 400


def test_without_a_confirmed_address_the_page_says_what_is_missing(anns: Client, ann: User) -> None:
    ann.email_confirmed = False
    ann.save()

    assertContains(anns.get("/notifications/settings/"), "once you have confirmed your address")


class TestUnsubscribing:
    def link(self, person: User) -> str:
        return f"/notifications/unsubscribe/{signing.dumps(str(person.pk), salt=UNSUBSCRIBE)}/"

    def test_takes_one_press_and_no_signing_in(self, ann: User) -> None:
        strict = Client(enforce_csrf_checks=True)
        assertContains(strict.get(self.link(ann)), "No more mails")
        assert settings_of(ann).digest == ""

        answer = strict.post(self.link(ann), {"List-Unsubscribe": "One-Click"})

        assert answer.status_code == 200
        assert settings_of(ann).digest == "off"

    def test_with_a_made_up_link_changes_nothing(self, browser: Client, ann: User) -> None:
        assert browser.post("/notifications/unsubscribe/made-up/").status_code == 404
        assert settings_of(ann).digest == ""


def test_it_takes_as_many_queries_for_many_as_for_one(
    anns: Client, ann: User, bob: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make.friends(bob, ann)
    counts = []
    for _ in range(2):
        for _each in range(3):
            dex.react(by=bob, entry=make.dex_entry(ann), kind="wow")
        with django_assert_num_queries(100, exact=False) as queries:
            anns.get("/notifications/")
        counts.append(len(queries))

    assert counts[0] == counts[1] < 16
