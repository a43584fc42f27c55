"""The mail of what is new: when it comes, what it says, and what it never says."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail, signing
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

import make
from biologidex.accounts.models import User
from biologidex.core.models import Job
from biologidex.dex import services as dex
from biologidex.dex.models import DexEntry
from biologidex.social import services as social
from biologidex.social.models import NotificationSettings
from biologidex.web import digest

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 5, 4, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def on_a_monday(monkeypatch: pytest.MonkeyPatch, ann: User, bob: User) -> None:
    """It is Monday morning; Ann and Bob have been here, and friends, for long."""
    make.friends(ann, bob)
    User.objects.update(date_joined=MONDAY - timedelta(days=90))
    monkeypatch.setattr(timezone, "now", lambda: MONDAY)


def find(owner: User, name: str, *, days: float = 2, **fields: Any) -> DexEntry:
    at = MONDAY - timedelta(days=days)
    return make.dex_entry(owner, animal=make.animal(make.taxon(name)), created_at=at, **fields)


def sent(person: User) -> Any:
    digest.send(user_id=str(person.pk))
    return mail.outbox[-1] if mail.outbox else None


def test_it_tells_what_friends_found_last_week_and_never_where(ann: User, bob: User) -> None:
    find(bob, "Canis lupus", place_name="Behind the mill", latitude=40.5, longitude=-3.7, geoprivacy="open")
    find(bob, "Meles meles", visibility="private")
    find(bob, "Lynx lynx", days=9)
    find(bob, "Too new to be of last week", days=0)

    letter = sent(ann)

    assert letter.subject == "Your friends found 1 animal"
    assert letter.to == ["ann@example.org"]
    html, kind = letter.alternatives[0]
    assert kind == "text/html"
    for words in (letter.body, html):
        assert "bob: Canis lupus" in words.replace("<b>", "").replace("</b>", "")
        for hidden in ("mill", "40.5", "Meles", "Lynx", "Too new"):
            assert hidden not in words


def test_what_one_is_told_is_in_it_as_long_as_it_holds(ann: User, bob: User, eve: User) -> None:
    card = find(ann, "Canis lupus", visibility="friends")
    own = find(ann, "Secret newt", visibility="private")
    social.notify(person_id=ann.pk, kind="second_look", subject=own.pk)
    dex.react(by=bob, entry=card, kind="wow")
    make.request(eve, ann)
    _earlier()

    body = sent(ann).body

    assert "bob: Wow. Your card: Canis lupus." in body
    assert "eve asks to be your friend." in body
    assert "1 card of yours should be looked at again." in body
    assert "Secret newt" not in body


def _earlier() -> None:
    """Let everything have been told last week."""
    from_monday = MONDAY - timedelta(days=2)
    digest.Notification.objects.update(created_at=from_monday)


def test_a_week_in_which_nothing_happened_brings_no_mail(ann: User) -> None:
    assert sent(ann) is None
    assert NotificationSettings.objects.get(person=ann).digest_period == "2026-05-04"


def test_it_comes_once_however_often_it_is_tried(ann: User, bob: User) -> None:
    find(bob, "Canis lupus")

    outcomes = [digest.send(user_id=str(ann.pk)) for _ in range(3)]

    assert outcomes == [True, False, False]
    assert len(mail.outbox) == 1


def test_a_mail_that_did_not_go_out_is_tried_again(
    ann: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    find(bob, "Canis lupus")

    def down(*_: object, **__: object) -> None:
        raise ConnectionRefusedError

    with monkeypatch.context() as broken, pytest.raises(ConnectionRefusedError):
        broken.setattr(digest.EmailMultiAlternatives, "send", down)
        digest.send(user_id=str(ann.pk))

    assert digest.send(user_id=str(ann.pk))


@pytest.mark.parametrize("change", [{"email_confirmed": False}, {"is_active": False}])
def test_nobody_gets_it_at_an_address_that_is_not_known_to_be_theirs(
    ann: User, bob: User, change: dict[str, bool]
) -> None:
    find(bob, "Canis lupus")
    User.objects.filter(pk=ann.pk).update(**change)

    assert sent(ann) is None
    assert digest.enqueue_due() <= 1


def test_it_is_due_for_whoever_wants_it_and_has_been_here(ann: User, bob: User) -> None:
    make.user("newcomer", date_joined=MONDAY)
    social.choose(by=bob, digest="off")

    assert digest.enqueue_due() == 1

    assert Job.objects.get(name="web.send_digest").arguments == {"user_id": str(ann.pk)}


def test_every_mail_has_a_link_that_ends_them_with_one_press(ann: User, bob: User) -> None:
    find(bob, "Canis lupus")
    letter = sent(ann)
    link = letter.extra_headers["List-Unsubscribe"].strip("<>")

    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link in letter.body
    path = link.partition("/notifications/")[2]
    Client(enforce_csrf_checks=True).post(f"/notifications/{path}", {"List-Unsubscribe": "One-Click"})

    assert NotificationSettings.objects.get(person=ann).digest == "off"
    assert signing.loads(path.split("/")[1], salt=digest.UNSUBSCRIBE) == str(ann.pk)


def test_the_day_is_that_of_the_persons_clock(ann: User) -> None:
    ann.profile.time_zone = "Pacific/Kiritimati"  # fourteen hours ahead: it is Monday evening there

    period = digest.period_of(ann, "daily", now=datetime(2026, 5, 4, 11, tzinfo=UTC))

    assert period.key == "2026-05-05"
    assert period.since == datetime(2026, 5, 3, 10, tzinfo=UTC)


def test_whoever_parts_is_in_no_mail_any_more(ann: User, bob: User) -> None:
    find(bob, "Canis lupus", visibility="public")
    social.block(by=bob, whom=ann)

    assert sent(ann) is None


def test_it_calls_animals_what_its_reader_does_and_asks_for_all_names_at_once(ann: User, bob: User) -> None:
    ann.profile.language = "de"
    ann.profile.save()
    for number in range(5):
        beaver = find(bob, f"Castor n{number}").animal.taxon
        beaver.names.create(name=f"Biber {number}", kind="vernacular", language="deu")

    with CaptureQueriesContext(connection) as queries:
        body = sent(ann).body

    assert body.count("Biber") == 3  # as many as are named
    assert len([query for query in queries if "animals_taxonname" in query["sql"]]) == 1
