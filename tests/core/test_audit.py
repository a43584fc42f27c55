"""The audit trail: what staff did stays written, whoever would rather it did not."""

from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

import make
from biologidex.accounts.models import User
from biologidex.core import audit, jobs
from biologidex.core.errors import Forbidden, Invalid
from biologidex.core.jobs import runner
from biologidex.core.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry(db: None) -> AuditEntry:
    """Something that Sam did."""
    sam = make.user("sam", is_staff=True)
    return audit.record(
        by=sam, action="card.hide", kind="card", pk="1", target="Canis lupus", reason="A person."
    )


def line_of(*, days_ago: int) -> AuditEntry:
    """A line that was written so many days ago."""
    with mock.patch.object(timezone, "now", return_value=timezone.now() - timedelta(days=days_ago)):
        return audit.record(by=None, action="card.hide", kind="card", reason="A person.")


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


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_trail SET reason = 'Nothing.'",
        "DELETE FROM audit_trail",
        pytest.param(
            "INSERT OR REPLACE INTO audit_trail SELECT * FROM audit_trail",
            marks=pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite knows it"),
        ),
        pytest.param(
            "INSERT INTO audit_trail SELECT * FROM audit_trail ON CONFLICT (id) DO UPDATE SET reason = 'Nothing.'",
            marks=pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite refuses it before"),
        ),
        pytest.param(
            "TRUNCATE audit_trail",
            marks=pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no TRUNCATE"),
        ),
    ],
)
def test_the_database_itself_refuses(entry: AuditEntry, statement: str) -> None:
    with (
        pytest.raises(DatabaseError, match="stays as it is"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

    assert AuditEntry.objects.get().reason == "A person."


def test_the_database_lets_no_line_go_that_is_younger_than_90_days(db: None) -> None:
    line_of(days_ago=89)
    line_of(days_ago=91)

    with pytest.raises(DatabaseError, match="stays as it is"), transaction.atomic():
        AuditEntry.objects.forget(before=timezone.now() - timedelta(days=88))

    assert AuditEntry.objects.count() == 2
    assert AuditEntry.objects.forget(before=timezone.now() - timedelta(days=90)) == 1


def test_not_even_an_old_line_is_changed(db: None) -> None:
    line_of(days_ago=1000)

    with (
        pytest.raises(DatabaseError, match="stays as it is"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE audit_trail SET reason = 'Nothing.'")


def test_daily_work_forgets_what_is_older_than_is_configured(settings: Any) -> None:
    settings.AUDIT_DAYS = 200
    kept, old = line_of(days_ago=199), line_of(days_ago=201)
    assert "core.sweep_audit" in settings.DAILY_WORK

    jobs.enqueue("core.sweep_audit")
    runner.run_due()

    assert list(AuditEntry.objects.values_list("pk", flat=True)) == [kept.pk]
    assert old.pk != kept.pk


def test_nothing_of_somebody_who_left_stays_in_it_but_an_id(entry: AuditEntry) -> None:
    User.objects.get(username="sam").delete()

    assert "sam" not in str(AuditEntry.objects.values().get())
