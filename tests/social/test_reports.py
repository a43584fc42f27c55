"""What people report to whoever runs the server, and what becomes of it."""

import pytest
from django.db import connection

import make
from biologidex.accounts.models import User
from biologidex.core import identity
from biologidex.dex import services as dex
from biologidex.social import services
from biologidex.social.errors import AlreadySettled, BadReport, NotStaff, Yourself
from biologidex.social.models import Report

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(db: None) -> User:
    """Somebody who runs the server."""
    return make.user("staff", is_staff=True)


def test_a_report_reaches_staff_and_nobody_else(ann: User, bob: User, staff: User) -> None:
    report, is_new = services.report(by=ann, person=bob, reason="spam", words=" Sells shoes. ")

    assert is_new
    assert report.words == "Sells shoes."
    assert list(Report.objects.visible_to(staff).waiting()) == [report]
    assert list(Report.objects.visible_to(ann)) == [report]
    assert not Report.objects.visible_to(bob).exists()
    assert not Report.objects.visible_to(make.nobody()).exists()


def test_reporting_again_says_it_better_and_is_no_second_report(ann: User, bob: User) -> None:
    first, _ = services.report(by=ann, person=bob, reason="spam")

    again, is_new = services.report(by=ann, person=bob, reason="offensive", words="Look at the name.")

    assert not is_new
    assert again.pk == first.pk
    assert again.reason == "offensive"
    assert Report.objects.count() == 1


def test_a_card_is_reported_with_what_it_said_then(ann: User, bob: User) -> None:
    card = make.dex_entry(bob, visibility="public", notes="Buy shoes!")
    report, _ = dex.report_card(by=ann, entry=card, reason="spam")

    card.notes = "Nothing to see."
    card.save()

    report.refresh_from_db()
    assert report.person == bob
    assert report.entry_id == card.pk
    assert "Buy shoes!" in report.quoted


def test_a_card_that_one_does_not_see_cannot_be_reported(ann: User, bob: User) -> None:
    card = make.dex_entry(bob, visibility="private")

    with pytest.raises(Exception, match="no such card"):
        dex.report_card(by=ann, entry=card, reason="spam")
    assert not Report.objects.exists()


@pytest.mark.parametrize(("reason", "words"), [("", ""), ("dislike", ""), ("spam", "x" * 1001)])
def test_a_report_says_what_is_wrong_and_not_too_much(ann: User, bob: User, reason: str, words: str) -> None:
    with pytest.raises(BadReport):
        services.report(by=ann, person=bob, reason=reason, words=words)


def test_nobody_reports_themselves(ann: User) -> None:
    with pytest.raises(Yourself):
        services.report(by=ann, person=ann, reason="spam")


def test_staff_settle_a_report_once(ann: User, bob: User, staff: User) -> None:
    report, _ = services.report(by=ann, person=bob, reason="spam")

    with pytest.raises(NotStaff):
        services.settle_report(by=ann, report=report, outcome="dismissed")
    settled = services.settle_report(by=staff, report=report, outcome="upheld", remark="Warned.")

    assert settled.settled_by == staff
    assert not Report.objects.visible_to(staff).waiting().exists()
    with pytest.raises(AlreadySettled):
        services.settle_report(by=staff, report=report, outcome="dismissed")
    assert services.report(by=ann, person=bob, reason="spam")[1]  # and it can be reported anew


def test_a_report_outlives_the_account_of_whoever_wrote_it(ann: User, bob: User) -> None:
    services.report(by=ann, person=bob, reason="spam")

    ann.delete()

    assert Report.objects.get().reporter is None


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no row-level security")
def test_the_database_keeps_reports_from_those_they_are_about(ann: User, bob: User, staff: User) -> None:
    services.report(by=ann, person=bob, reason="spam")
    counts = {}
    for person in (ann, bob, staff):
        with identity.acting_as(person.pk):
            counts[person.username] = Report.objects.count()

    assert counts == {"ann": 1, "bob": 0, "staff": 1}
