"""The audit trail: what staff did stays written, whoever would rather it did not."""

import pytest
from django.db import DatabaseError, connection, transaction

import make
from biologidex.accounts.models import User
from biologidex.core import audit
from biologidex.core.errors import Forbidden, Invalid
from biologidex.core.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry(db: None) -> AuditEntry:
    """Something that Sam did."""
    sam = make.user("sam", is_staff=True)
    return audit.record(
        by=sam, action="card.hide", kind="card", pk="1", target="Canis lupus", reason="A person."
    )


def test_it_says_who_what_to_what_when_and_why(entry: AuditEntry) -> None:
    sam = User.objects.get(username="sam")

    kept = AuditEntry.objects.get()

    assert (kept.actor_id, kept.action, kept.target, kept.reason) == (
        str(sam.pk),
        "card.hide",
        "Canis lupus",
        "A person.",
    )
    assert kept.at


@pytest.mark.parametrize("reason", ["", "   ", "r" * 501])
def test_nothing_is_done_without_a_reason(ann: User, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        audit.record(by=make.user("sam", is_staff=True), action="a", kind="k", reason=reason)

    assert refused.value.field == "reason"


@pytest.mark.parametrize("fields", [{}, {"is_staff": True, "is_active": False}])
def test_nobody_else_gets_into_it(db: None, fields: dict[str, bool]) -> None:
    with pytest.raises(Forbidden):
        audit.record(by=make.user("rosa", **fields), action="a", kind="k", reason="r")

    assert not AuditEntry.objects.exists()


def test_no_code_of_ours_changes_or_deletes_a_line(entry: AuditEntry) -> None:
    entry.reason = "Nothing."
    for attempt in (
        entry.save,
        entry.delete,
        AuditEntry.objects.all().delete,
        lambda: AuditEntry.objects.update(reason="Nothing."),
    ):
        with pytest.raises(TypeError):
            attempt()

    assert AuditEntry.objects.get().reason == "A person."


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no such guard")
@pytest.mark.parametrize(
    "statement", ["UPDATE audit_trail SET reason = 'Nothing.'", "DELETE FROM audit_trail"]
)
def test_the_database_itself_refuses(entry: AuditEntry, statement: str) -> None:
    with (
        pytest.raises(DatabaseError, match="stays as it is"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

    assert AuditEntry.objects.get().reason == "A person."


def test_nothing_of_somebody_who_left_stays_in_it_but_an_id(entry: AuditEntry) -> None:
    User.objects.get(username="sam").delete()

    assert "sam" not in str(AuditEntry.objects.values().get())
