"""The pages of those who run the server: to everybody else there is nothing there."""

from datetime import timedelta
from decimal import Decimal
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

import make
from biologidex.accounts.models import User
from biologidex.core import jobs
from biologidex.core.jobs import runner
from biologidex.core.models import AuditEntry, Job
from biologidex.ops.staff.urls import urlpatterns
from biologidex.vision.models import PaidCall, SpendingMonth
from web.staffed import browser_of, staff

pytestmark = pytest.mark.django_db
PATHS = [f"/staff/{pattern.pattern}" for pattern in urlpatterns]
IDS = {"<uuid:report_id>", "<uuid:user_id>", "<uuid:animal_id>", "<uuid:job_id>"}
WHY = "It was stuck."


def filled(path: str) -> str:
    for name in IDS:
        path = path.replace(name, str(uuid4()))
    return path.replace("<int:taxon_id>", "1").replace("<int:position>", "1")


@pytest.fixture
def sams(db: None) -> Client:
    """The browser of somebody who runs this server."""
    return browser_of(staff())


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_to_others_there_is_nothing_there(browser: Client, anns: Client, path: str, method: str) -> None:
    away = make.user("away", is_staff=True)
    gone = browser_of(away)
    User.objects.filter(pk=away.pk).update(is_active=False)

    for client in (browser, anns, gone):
        assert getattr(client, method)(filled(path)).status_code == 404


@pytest.mark.parametrize(
    "page", ["", "costs/", "audit/", "reports/", "people/", "animals/", "sensitive/", "jobs/"]
)
def test_staff_find_every_page_by_its_list_and_nobody_else_is_shown_the_way(
    sams: Client, anns: Client, page: str
) -> None:
    answer = sams.get(f"/staff/{page}")

    assertContains(answer, f'href="/staff/{page}"')
    assertContains(answer, 'aria-current="page"')
    assert "no-store" in answer["Cache-Control"]
    assertContains(sams.get("/dex/"), 'href="/staff/"')
    assertNotContains(anns.get("/dex/"), "/staff/")


def test_the_overview_counts_what_is_here_and_what_waits(
    sams: Client, ann: User, eve: User, settings: Any
) -> None:
    settings.VISION_BUDGET = Decimal("10.00")
    make.dex_entry(ann, visibility="private")
    make.animal(verified=False)
    User.objects.filter(pk=eve.pk).update(is_active=False)
    Job.objects.create(name="x", state="dead", run_after=timezone.now())

    now = sams.get("/staff/").context["now"]

    assert (now.people, now.cards, now.photos) == ({"all": 2, "new": 2, "suspended": 1}, 1, 1)
    assert (now.jobs["dead"], now.unverified, now.budget) == (1, 1, Decimal("10.00"))
    assert {"database", "storage"} <= set(now.health)


class TestJobs:
    """Work in the background, and a hand for what is stuck."""

    @pytest.fixture
    def dead(self, db: None) -> Job:
        """A job that was given up."""
        jobs.enqueue("dex.sweep_imports")
        job = Job.objects.get()
        Job.objects.update(state="dead", attempts=5, error="<b>no disk</b>", finished_at=timezone.now())
        return job

    def test_are_listed_by_state_and_name(self, sams: Client, dead: Job) -> None:
        jobs.enqueue("core.sweep_jobs")

        assertContains(sams.get("/staff/jobs/?state=dead"), "dex.sweep_imports")
        assertContains(sams.get("/staff/jobs/?state=dead"), "&lt;b&gt;no disk")
        assertNotContains(sams.get("/staff/jobs/?state=queued"), "dex.sweep_imports")
        assertNotContains(sams.get("/staff/jobs/?q=core."), "dex.sweep_imports")
        assert sams.get("/staff/jobs/?state=nonsense&page=99").status_code == 200

    def test_one_that_was_given_up_is_tried_again_from_the_beginning(self, sams: Client, dead: Job) -> None:
        path = f"/staff/jobs/{dead.pk}/"

        assertRedirects(sams.post(path, {"do": "retry", "reason": WHY}), path)
        runner.run_due()

        dead.refresh_from_db()
        assert (dead.state, dead.attempts) == ("done", 1)
        assert AuditEntry.objects.get().action == "job.retry"
        assertContains(sams.get(path), WHY)

    def test_one_that_is_cancelled_lets_nobody_wait(self, sams: Client, ann: User) -> None:
        waiting = make.job(ann, status="pending", completed_at=None, progress=0.0)
        jobs.enqueue("vision.identify_photo", job_id=str(waiting.pk))
        queued = Job.objects.get(arguments__job_id=str(waiting.pk))

        sams.post(f"/staff/jobs/{queued.pk}/", {"do": "cancel", "reason": WHY})

        queued.refresh_from_db()
        waiting.refresh_from_db()
        assert (queued.state, waiting.status) == ("dead", "failed")
        assert AuditEntry.objects.get().action == "job.cancel"

    @pytest.mark.parametrize(
        ("state", "do"),
        [
            ("running", "retry"),
            ("running", "cancel"),
            ("done", "retry"),
            ("done", "cancel"),
            ("dead", "cancel"),
        ],
    )
    def test_what_is_in_hand_or_over_is_left_alone(
        self, sams: Client, dead: Job, state: str, do: str
    ) -> None:
        Job.objects.update(state=state)

        assert sams.post(f"/staff/jobs/{dead.pk}/", {"do": do, "reason": WHY}).status_code == 400

        dead.refresh_from_db()
        assert dead.state == state
        assert not AuditEntry.objects.exists()

    def test_nothing_happens_without_a_reason(self, sams: Client, dead: Job) -> None:
        answer = sams.post(f"/staff/jobs/{dead.pk}/", {"do": "retry", "reason": " "})

        assert answer.status_code == 400
        dead.refresh_from_db()
        assert dead.state == "dead"


def test_costs_are_told_by_day_and_provider_and_person(sams: Client, ann: User) -> None:
    month = SpendingMonth.objects.create(month=timezone.now().date().replace(day=1))
    for cost, model in (("0.25", "one"), ("0.50", "one"), (None, "two")):
        PaidCall.objects.create(
            month=month, owner=ann, provider="openai", model=model, estimate_usd="0.05", cost_usd=cost
        )
    before = SpendingMonth.objects.create(month=(month.month - timedelta(days=1)).replace(day=1))
    PaidCall.objects.create(month=before, provider="openai", model="old", estimate_usd="9", cost_usd="9")

    costs = sams.get("/staff/costs/").context["costs"]

    assert (costs.total, costs.calls) == (Decimal("0.80"), 3)
    assert [(row["model"], row["calls"], row["cost"]) for row in costs.rows] == [
        ("one", 2, Decimal("0.75")),
        ("two", 1, Decimal("0.05")),
    ]
    assert [(row["owner__username"], row["calls"]) for row in costs.people] == [("ann", 3)]
    assert sams.get(f"/staff/costs/?month={before.month:%Y-%m}").context["costs"].total == 9
    assert sams.get("/staff/costs/?month=never").status_code == 200


class TestPeople:
    """Who is let in."""

    def test_are_found_by_name_or_whole_address_not_by_a_part_of_it(self, sams: Client, ann: User) -> None:
        for text, is_found in (("an", True), ("ann@example.org", True), ("ann@exam", False), ("", False)):
            assert (
                "/staff/people/" + str(ann.pk) in sams.get(f"/staff/people/?q={text}").content.decode()
            ) == is_found

    def test_somebody_is_suspended_and_let_in_again(self, sams: Client, ann: User, anns: Client) -> None:
        make.dex_entry(ann, visibility="public")
        path = f"/staff/people/{ann.pk}/"

        assertRedirects(sams.post(path, {"do": "suspend", "reason": "Spam."}), path)
        assertRedirects(anns.get("/dex/"), "/sign-in/?next=/dex/")
        assert anns.post("/sign-in/", {"name": "ann", "password": make.PASSWORD}).status_code == 401
        assertContains(sams.get("/staff/people/"), "ann")

        assertRedirects(sams.post(path, {"do": "lift", "reason": "A mistake."}), path)
        assert anns.post("/sign-in/", {"name": "ann", "password": make.PASSWORD}).status_code == 302
        assert list(AuditEntry.objects.order_by("pk").values_list("action", "reason")) == [
            ("person.suspend", "Spam."),
            ("person.lift", "A mistake."),
        ]

    def test_staff_suspend_neither_themselves_nor_each_other(self, sams: Client) -> None:
        sam, tess = User.objects.get(username="sam"), staff("tess")
        uma = browser_of(staff("uma", is_superuser=True))

        for person in (sam, tess):
            assert (
                sams.post(f"/staff/people/{person.pk}/", {"do": "suspend", "reason": "No."}).status_code
                == 400
            )
        assert User.objects.filter(is_active=True, is_staff=True).count() == 3
        uma.post(f"/staff/people/{tess.pk}/", {"do": "suspend", "reason": "Left the team."})
        assert not User.objects.get(pk=tess.pk).is_active


def test_the_trail_is_told_with_names_as_long_as_people_are_here(sams: Client, ann: User) -> None:
    sams.post(f"/staff/people/{ann.pk}/", {"do": "suspend", "reason": "<script>alert(1)</script>"})

    page = sams.get("/staff/audit/")
    assertContains(page, ">ann</a>")
    assert "<script>alert" not in page.content.decode()
    assertNotContains(sams.get("/staff/audit/?q=job"), ">ann</a>")
    ann.delete()
    assertContains(sams.get("/staff/audit/"), "somebody who has left")


class TestCommand:
    """`biologidex staff`."""

    def run(self, *arguments: str) -> str:
        out = StringIO()
        call_command("staff", *arguments, stdout=out)
        return out.getvalue()

    def test_makes_somebody_staff_and_takes_it_back_and_writes_it_down(self, ann: User) -> None:
        assert "ann is staff." in self.run("ann")
        assert self.run() == "ann\n"
        assert browser_of(User.objects.get(pk=ann.pk)).get("/staff/").status_code == 200
        self.run("ann@example.org", "--everything")
        assert User.objects.get(pk=ann.pk).is_superuser
        self.run("ann", "--remove")

        assert not User.objects.filter(is_staff=True).exists()
        assert not User.objects.filter(is_superuser=True).exists()
        assert set(AuditEntry.objects.values_list("actor_id", flat=True)) == {"command line"}
        assert AuditEntry.objects.count() == 3

    def test_knows_whom_it_does_not_know(self, db: None) -> None:
        with pytest.raises(CommandError, match="nobody"):
            self.run("nobody")


@pytest.mark.parametrize("count", [1, 3])
def test_lists_take_as_many_queries_whatever_their_length(
    sams: Client, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        make.animal()
        jobs.enqueue("core.sweep_jobs")
        User.objects.filter(pk=make.user(f"away-{number}").pk).update(is_active=False)
    for page, queries in (("animals", 5), ("jobs", 6), ("people", 5)):
        with django_assert_num_queries(queries):
            sams.get(f"/staff/{page}/")
