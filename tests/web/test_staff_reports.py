"""What people report, and what comes of it: decided once, written down, and told to whom it concerns alone."""

import pytest
from django.core import mail
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains

import make
from biologidex.accounts.models import StaffWord, User
from biologidex.core.jobs import runner
from biologidex.core.models import AuditEntry
from biologidex.dex.models import DexEntry
from biologidex.dex.services import report_card
from biologidex.social.models import Notification, Report
from web.staffed import browser_of, staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_folder")]
WHY = "It shows a person."


@pytest.fixture
def sams(db: None) -> Client:
    """The browser of somebody who runs this server."""
    return browser_of(staff())


@pytest.fixture
def entry(ann: User, bob: User) -> DexEntry:
    """A card of Ann's that her friend Bob sees."""
    make.friends(ann, bob)
    return make.dex_entry(ann, visibility="friends", notes="<b>Rude</b> words.")


@pytest.fixture
def report(entry: DexEntry, bob: User) -> Report:
    """Bob's report of it."""
    return report_card(by=bob, entry=entry, reason="private", words="My aunt is in it.")[0]


def decided(browser: Client, report: Report, decision: str, reason: str = WHY) -> int:
    return browser.post(f"/staff/reports/{report.pk}/", {"decision": decision, "reason": reason}).status_code


def deeds() -> set[str]:
    return set(AuditEntry.objects.values_list("action", flat=True))


def test_a_report_waits_with_what_was_said_and_what_the_card_said(sams: Client, report: Report) -> None:
    assertContains(sams.get("/staff/reports/"), "about ann")

    page = sams.get(f"/staff/reports/{report.pk}/")

    assertContains(page, "My aunt is in it.")
    assertContains(page, "&lt;b&gt;Rude")
    assert deeds() == set()


def test_its_photos_are_shown_to_staff_and_the_look_is_written_down_once(
    sams: Client, anns: Client, report: Report
) -> None:
    path = f"/staff/reports/{report.pk}/photo/1/"

    for _ in range(2):
        answer = sams.get(path)
        assert answer["Content-Type"] == "image/jpeg"
        assert b"".join(answer.streaming_content)[:2] == b"\xff\xd8"  # type: ignore[attr-defined]
        assert "sandbox" in answer["Content-Security-Policy"]

    assert list(AuditEntry.objects.values_list("action", "target_id")) == [("report.look", str(report.pk))]
    assert sams.get(path.replace("/1/", "/2/")).status_code == 404
    assert sams.get(path.replace("/1/", "/0/")).status_code == 404
    assert anns.get(path).status_code == 404


def test_a_card_is_hidden_and_shown_again(
    sams: Client, report: Report, entry: DexEntry, bob: User, ann: User
) -> None:
    assert decided(sams, report, "hide") == 302

    assert not DexEntry.objects.visible_to(bob).exists()
    assert DexEntry.objects.visible_to(ann).get() == entry
    report.refresh_from_db()
    assert (report.outcome, report.remark) == ("upheld", WHY)
    assert deeds() == {"card.hide", "report.hide"}

    sams.post(f"/staff/people/{ann.pk}/", {"do": "show", "card": str(entry.pk), "reason": "A statue."})
    assert DexEntry.objects.visible_to(bob).exists()


def test_somebody_is_warned_in_words_that_reach_them_and_nobody_else(
    sams: Client, anns: Client, report: Report, ann: User, bob: User
) -> None:
    assert decided(sams, report, "warn", "Please leave people out of your photos.") == 302
    runner.run_due()

    assertContains(anns.get("/notifications/"), "Those who run this server have a word for you.")
    assertContains(anns.get("/settings/words/"), "Please leave people out of your photos.")
    assertNotContains(browser_of(bob).get("/settings/words/"), "Please leave")
    assert [message.to for message in mail.outbox] == [[ann.email]]
    assert "Please leave people out" in mail.outbox[0].body
    assert StaffWord.objects.get().person == ann
    assert deeds() == {"person.warn", "report.warn"}


def test_a_word_from_staff_cannot_be_muted(anns: Client, sams: Client, report: Report) -> None:
    anns.post("/notifications/settings/", {"digest": "off"})
    assertNotContains(anns.get("/notifications/settings/"), 'value="staff_word"')

    decided(sams, report, "warn")

    assertContains(anns.get("/notifications/"), "have a word for you")


def test_somebody_is_suspended(sams: Client, anns: Client, report: Report, ann: User) -> None:
    assert decided(sams, report, "suspend") == 302

    ann.refresh_from_db()
    assert not ann.is_active
    assert deeds() == {"person.suspend", "report.suspend"}


def test_what_is_nothing_changes_nothing_but_the_report(
    sams: Client, report: Report, entry: DexEntry, bob: User
) -> None:
    assert decided(sams, report, "dismiss", "A statue.") == 302

    report.refresh_from_db()
    assert report.outcome == "dismissed"
    assert DexEntry.objects.visible_to(bob).get() == entry
    assert deeds() == {"report.dismiss"}
    assertContains(sams.get("/staff/reports/?settled"), "about ann")


def test_one_decision_is_for_all_who_reported_the_same_and_is_made_once(
    sams: Client, report: Report, entry: DexEntry, ann: User
) -> None:
    cleo = make.user("cleo")
    make.friends(ann, cleo)
    second = report_card(by=cleo, entry=entry, reason="offensive")[0]

    assert decided(sams, report, "dismiss") == 302
    assert decided(sams, second, "hide") == 400

    assert set(Report.objects.values_list("outcome", flat=True)) == {"dismissed"}
    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize(("decision", "reason"), [("hide", ""), ("burn", WHY), ("", WHY)])
def test_a_decision_takes_a_reason_and_is_one_of_four(
    sams: Client, report: Report, decision: str, reason: str
) -> None:
    assert decided(sams, report, decision, reason) == 400

    report.refresh_from_db()
    assert report.outcome == "open"
    assert deeds() == set()


def test_whoever_reported_is_never_told_to_whom_was_reported(
    sams: Client, anns: Client, report: Report
) -> None:
    decided(sams, report, "warn", "Please mind your words.")

    assert Notification.objects.get(kind="staff_word").actor is None
    assertNotContains(anns.get("/settings/words/"), "bob")


def test_a_card_that_is_gone_leaves_a_report_that_can_be_settled(
    sams: Client, report: Report, entry: DexEntry
) -> None:
    entry.delete()

    assertContains(sams.get(f"/staff/reports/{report.pk}/"), "It is not here any more.")
    assert decided(sams, report, "warn") == 302
