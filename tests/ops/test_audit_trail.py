"""The audit trail of what people do with what is theirs, and how an operator reads it."""

import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

import make
from biologidex.accounts import errors
from biologidex.accounts import services as accounts
from biologidex.accounts.models import User
from biologidex.core import audit
from biologidex.core.models import AuditEntry
from biologidex.dex import services as dex
from biologidex.dex.details import Details
from biologidex.dex.exchange import services as exchange
from biologidex.dex.models import DexEntry
from biologidex.media.places import Place
from biologidex.ops import personal_data
from biologidex.social import services as social

pytestmark = pytest.mark.django_db
HERE = "203.0.113.7"


@pytest.fixture
def entry(ann: User) -> DexEntry:
    """A card of Ann's that friends see, with a place and a word."""
    made: DexEntry = make.dex_entry(ann, visibility="friends", notes="By the old oak", place_name="Kew")
    return made


def lines() -> list[tuple[str, str, str, dict[str, Any]]]:
    """Who did what to what, in order."""
    told = AuditEntry.objects.order_by("pk").values_list("actor_id", "action", "target_id", "details")
    return list(told)


def change(ann: User, **told: Any) -> Any:
    return accounts.change_account(by=ann, person=ann, address=HERE, **told)


def new_password(ann: User) -> None:
    accounts.change_password(by=ann, old=make.PASSWORD, new="heron-above-the-reeds", address=HERE)


def leave(ann: User) -> None:
    accounts.delete_account(by=ann, person=ann, password=make.PASSWORD, address=HERE)


Act = Callable[[User], Any]
ACTS: dict[str, tuple[Act, dict[str, Any]]] = {
    "account.password": (new_password, {"way": "old password"}),
    "account.email": (lambda ann: change(ann, email="new@example.org", password=make.PASSWORD), {}),
    "profile.audience": (
        lambda ann: change(ann, default_visibility="private", display_name="Ann"),
        {"default_visibility": ["friends", "private"]},
    ),
    "consent.give": (
        lambda ann: accounts.give_consent(by=ann, purpose="identification:openai"),
        {"purpose": "identification:openai"},
    ),
    "account.export": (lambda ann: personal_data.write_archive(ann, io.BytesIO()), {}),
    "dex.export": (
        lambda ann: exchange.export(by=ann, kind="csv"),
        {"form": "csv", "licensed_only": True},
    ),
    "account.close": (leave, {}),
}


@pytest.mark.parametrize("action", ACTS)
def test_what_people_do_with_their_account_is_written_down_with_their_id_alone(
    ann: User, action: str, settings: Any
) -> None:
    settings.EMAIL_VERIFICATION = False
    act, details = ACTS[action]

    act(ann)

    assert lines() == [(str(ann.pk), action, str(ann.pk), details)]


def test_what_changes_nothing_is_not_written_down(ann: User, entry: DexEntry) -> None:
    accounts.give_consent(by=ann, purpose="identification:openai")
    before = AuditEntry.objects.count()

    accounts.give_consent(by=ann, purpose="identification:openai")
    accounts.withdraw_consent(by=ann, purpose="identification:other")
    change(ann, default_visibility=ann.profile.default_visibility, display_name="Ann")
    dex.edit(by=ann, entry=entry, details=replace(Details.of(entry), notes="By the new oak"))

    assert AuditEntry.objects.count() == before


def test_a_consent_that_is_taken_back_is_written_down(ann: User) -> None:
    accounts.give_consent(by=ann, purpose="identification:openai")
    accounts.withdraw_consent(by=ann, purpose="identification:openai")

    assert [action for _, action, _, _ in lines()] == ["consent.give", "consent.withdraw"]


def test_who_may_see_a_card_is_written_down_from_what_to_what_and_nothing_that_it_says(
    ann: User, entry: DexEntry
) -> None:
    told = replace(
        Details.of(entry),
        visibility="public",
        geoprivacy="open",
        place=Place(51.4787, -0.2956),
        place_name="Kew Gardens",
        notes="By the new oak",
    )

    dex.edit(by=ann, entry=entry, details=told)

    changed = {"visibility": ["friends", "public"], "geoprivacy": ["obscured", "open"]}
    assert lines() == [(str(ann.pk), "card.audience", str(entry.pk), changed)]
    kept = str(AuditEntry.objects.values().get())
    assert [word for word in ("Kew", "oak", "51.4", "ann", "example.org") if word in kept] == []


def test_a_card_that_is_deleted_leaves_a_line(ann: User, entry: DexEntry) -> None:
    dex.delete(by=ann, entry=entry)

    assert lines() == [(str(ann.pk), "card.delete", str(entry.pk), {})]


def test_a_card_that_becomes_one_with_another_leaves_a_line(ann: User, entry: DexEntry) -> None:
    twin = make.dex_entry(ann, visibility="friends")

    dex.identify_anew(by=ann, entry=entry, animal=twin.animal)

    assert lines() == [(str(ann.pk), "card.join", str(twin.pk), {"into": str(entry.pk)})]


def test_a_link_to_a_card_is_written_down_when_it_is_made_and_ended_without_its_token(
    ann: User, entry: DexEntry
) -> None:
    link, token = dex.share(by=ann, entry=entry, tells_notes=True)
    for _ in range(2):
        dex.end_link(by=ann, link_id=link.pk)

    shown = {"link": str(link.pk), "days": 7, "tells_place": False, "tells_notes": True}
    assert lines() == [
        (str(ann.pk), "card.share", str(entry.pk), shown),
        (str(ann.pk), "card.unshare", str(entry.pk), {"link": str(link.pk)}),
    ]
    assert token not in str(list(AuditEntry.objects.values()))


def test_sign_ins_of_staff_are_written_down(ann: User) -> None:
    sam = make.user("sam", is_staff=True)
    for name in ("sam", "ann"):
        accounts.sign_in(name=name, password=make.PASSWORD, address=HERE)

    assert lines() == [(str(sam.pk), "staff.sign-in", str(sam.pk), {})]


def test_a_wrong_password_costs_the_same_whoever_it_is_tried_on(ann: User) -> None:
    """Or the time that it takes would tell who is staff."""
    make.user("sam", is_staff=True)
    asked = []
    for name in ("sam", "ann"):
        with CaptureQueriesContext(connection) as queries, pytest.raises(errors.WrongCredentials):
            accounts.sign_in(name=name, password="wrong", address=HERE)  # pragma: allowlist secret
        asked.append(len(queries))

    assert asked[0] == asked[1]
    assert lines() == []


def test_an_account_is_erased_by_the_server_once(ann: User, media_folder: Path) -> None:
    leave(ann)
    for _ in range(2):
        personal_data.erase(user_id=ann.pk)

    who = [(actor, action) for actor, action, _, _ in lines()]
    assert who == [(str(ann.pk), "account.close"), ("server", "account.erase")]


def test_what_an_operator_does_for_somebody_is_not_said_to_be_theirs(
    ann: User, tmp_path: Path, media_folder: Path
) -> None:
    call_command("export_account", "ann", to=tmp_path / "ann.zip", stdout=StringIO())
    call_command("export", "ann", "--to", str(tmp_path / "finds.zip"), stdout=StringIO())
    call_command("erase_account", "ann", "--yes", stdout=StringIO())

    assert [(actor, action) for actor, action, _, _ in lines()] == [
        ("command line", "account.export"),
        ("command line", "dex.export"),
        ("command line", "account.close"),
        ("command line", "account.erase"),
    ]


def test_friendship_and_blocks_are_nobodys_business(ann: User, bob: User, eve: User) -> None:
    make.friends(ann, bob)
    make.block(ann, eve)
    social.unblock(by=ann, which=eve.pk)

    assert lines() == []


def test_what_is_not_done_after_all_is_not_written_down(ann: User, entry: DexEntry) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        dex.delete(by=ann, entry=entry)
        raise RuntimeError

    assert lines() == []


class TestCommand:
    """`biologidex audit`."""

    def run(self, *arguments: str) -> list[str]:
        out = StringIO()
        call_command("audit", *arguments, stdout=out)
        return out.getvalue().splitlines()

    @pytest.fixture(autouse=True)
    def two_lines_and_an_old_one(self, ann: User, bob: User) -> None:
        with mock.patch.object(timezone, "now", return_value=timezone.now() - timedelta(days=40)):
            audit.note(ann.pk, "account.export", kind="person", pk=ann.pk)
        audit.note(ann.pk, "account.password", kind="person", pk=ann.pk, way="mail")
        audit.record(by=None, action="card.hide", kind="card", pk="7", reason="\x1b[2Jbad\nwords")

    def test_shows_the_last_month_the_oldest_first(self, ann: User) -> None:
        first, second = self.run()

        assert first.endswith(f'{ann.pk}  account.password  person {ann.pk}  {{"way": "mail"}}')
        assert second.endswith("command line  card.hide  card 7   [2Jbad words")

    @pytest.mark.parametrize(
        ("asked", "actions"),
        [
            (("--since", "90"), ["account.export", "account.password", "card.hide"]),
            (("--action", "card."), ["card.hide"]),
            (("--actor", "ANN"), ["account.password"]),
            (("--actor", "command line"), ["card.hide"]),
            (("--target", "7"), ["card.hide"]),
            (("--actor", "bob"), []),
            (("--since", "0"), []),
        ],
    )
    def test_shows_what_is_asked_for(self, asked: tuple[str, ...], actions: list[str]) -> None:
        told = [json.loads(line) for line in self.run(*asked, "--json")]

        assert [line["action"] for line in told] == actions

    def test_programs_read_everything_that_a_line_says(self) -> None:
        (line,) = map(json.loads, self.run("--action", "card.hide", "--json"))

        assert line.pop("at").endswith("Z")
        assert line == {
            "actor_id": "command line",
            "action": "card.hide",
            "target_kind": "card",
            "target_id": "7",
            "target": "",
            "reason": "\x1b[2Jbad\nwords",
            "details": {},
        }

    def test_pages_of_staff_show_what_staff_did_and_not_what_people_do(self, client: Any) -> None:
        client.force_login(make.user("sam", is_staff=True))

        page = client.get("/staff/audit/").content.decode()

        assert "card.hide" in page
        assert "account.password" not in page
