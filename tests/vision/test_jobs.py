"""From a photo to an outcome, in the background."""

from typing import Any

import pytest
from django.db import transaction

import make
from biologidex.accounts.models import User
from biologidex.core.jobs import queue, runner
from biologidex.core.models import Job
from biologidex.vision import services
from biologidex.vision.engine.answer import ProviderError
from biologidex.vision.errors import NotFailed
from biologidex.vision.models import AnalysisJob
from biologidex.vision.selectors import suggestions

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _work_waits_for_us(settings: Any) -> None:
    settings.JOBS_DOORBELL = "biologidex.core.jobs.threads.ring"


@pytest.fixture
def job(ann: User) -> AnalysisJob:
    return services.start(by=ann, photo=make.photo(ann))[0]


def test_a_photo_is_identified_and_the_names_are_tied_to_the_backbone(
    job: AnalysisJob, script: dict[str, Any]
) -> None:
    wolf = make.taxon("Canis lupus", common_name="Gray wolf")
    known, unknown = make.candidate("Canis lupus", 0.9), make.candidate("Homo mythologicus", 0.05)
    script["answer"] = {"taxon": known, "candidates": [known, unknown]}

    assert job.status == "pending"
    runner.run_due()

    job.refresh_from_db()
    outcome = suggestions(job)
    assert (job.status, job.progress, job.engine_version) == ("completed", 1.0, "scripted 1")
    assert outcome.sure
    assert (outcome.sure.taxon, outcome.sure.name) == (wolf, "Gray wolf")
    assert [(one.taxon, one.probability) for one in outcome.candidates] == [(wolf, 0.9), (None, 0.05)]


def test_two_names_of_one_taxon_are_one_candidate(job: AnalysisJob, script: dict[str, Any]) -> None:
    boar = make.taxon("Sus scrofa", common_name="Wild boar")
    candidates = [("Canis lupus", 0.4), ("Sus scrofa", 0.3), ("Sus scrofa feralis", 0.2)]
    script["answer"] = {"candidates": [make.candidate(name, share) for name, share in candidates]}

    runner.run_due()

    job.refresh_from_db()
    offered = [(one.taxon, round(one.probability, 2)) for one in suggestions(job).candidates]
    assert offered == [(boar, 0.5), (None, 0.4)]


def test_asking_twice_while_the_first_answer_is_open_is_one_question(ann: User, job: AnalysisJob) -> None:
    again, is_new = services.start(by=ann, photo=job.photo)

    assert (again, is_new) == (job, False)
    assert Job.objects.count() == 1


def test_the_same_photo_is_never_looked_at_twice_by_the_same_engine(
    ann: User, job: AnalysisJob, script: dict[str, Any]
) -> None:
    script["answer"] = {"candidates": [make.candidate("Canis lupus", 0.9)]}
    runner.run_due()
    services.settle(job=job)

    again, is_new = services.start(by=ann, photo=job.photo)
    runner.run_due()

    again.refresh_from_db()
    assert is_new
    assert script["asked"] == 1
    assert again.answer["candidates"][0]["scientific_name"] == "Canis lupus"


def test_a_lasting_failure_ends_the_job_with_a_sentence(job: AnalysisJob, script: dict[str, Any]) -> None:
    script["error"] = {"code": "refused", "message": "inner words"}

    runner.run_due()

    job.refresh_from_db()
    assert (job.status, job.error_code) == ("failed", "refused")
    assert "declined" in job.error_message
    assert "inner words" not in job.error_message


def test_a_passing_failure_is_tried_again_and_the_job_waits(job: AnalysisJob, script: dict[str, Any]) -> None:
    script["error"] = {"code": "rate_limited", "temporary": True, "retry_after": 30}
    runner.run_due()
    job.refresh_from_db()
    assert job.status in {"pending", "processing"}

    script["error"] = None
    script["answer"] = {"verdict": "no_animal", "animal_probability": 0.1}
    Job.objects.update(run_after=job.created_at)
    runner.run_due()

    job.refresh_from_db()
    assert (job.status, suggestions(job).verdict) == ("completed", "no_animal")


def test_what_calls_cost_is_kept_though_nothing_came_of_them_and_is_counted_once(
    ann: User, job: AnalysisJob, script: dict[str, Any]
) -> None:
    usage = {"model": "m", "input_tokens": 900, "cached_tokens": 0, "output_tokens": 40, "cost_usd": "0.001"}
    script["error"] = {"code": "bad_answer", "temporary": True, "usage": usage}
    runner.run_due()
    script["error"] = {"code": "refused", "usage": usage}
    Job.objects.update(run_after=job.created_at)
    runner.run_due()
    job.refresh_from_db()
    assert job.status == "failed"
    assert [(call["code"], call["usage"]) for call in job.answer["failures"]] == [
        ("bad_answer", usage),
        ("refused", usage),
    ]

    script["error"] = None
    script["answer"] = {"candidates": [make.candidate("Canis lupus", 0.9)], "usage": usage}
    services.retry(by=ann, job=job)
    runner.run_due()
    services.settle(job=job)
    again, _ = services.start(by=ann, photo=job.photo)
    runner.run_due()

    job.refresh_from_db()
    again.refresh_from_db()
    assert (len(job.answer["failures"]), job.answer["usage"]) == (2, usage)
    assert (again.answer["failures"], again.answer["usage"]) == ([], None)


def test_a_late_failure_does_not_touch_a_finished_job(job: AnalysisJob, script: dict[str, Any]) -> None:
    slow = queue.claim()
    assert slow
    queue.release_orphans()
    late = AnalysisJob.objects.select_related("photo").get(pk=job.pk)
    script["answer"] = {"candidates": [make.candidate("Canis lupus", 0.9)]}
    runner.run_due()

    services._remember(late, ProviderError("timeout", "", temporary=True))
    services._tell(late, 0.0)

    job.refresh_from_db()
    assert (job.status, job.progress) == ("completed", 1.0)
    assert job.answer["candidates"][0]["scientific_name"] == "Canis lupus"


def test_after_too_many_passing_failures_the_person_is_told(job: AnalysisJob, script: dict[str, Any]) -> None:
    script["error"] = {"code": "timeout", "temporary": True}
    for _ in range(5):
        Job.objects.update(run_after=job.created_at)
        runner.run_due()

    job.refresh_from_db()
    assert (job.status, job.error_code) == ("failed", "timeout")
    assert job.error_message


def test_a_failed_job_can_be_tried_again_by_its_owner_only(
    ann: User, eve: User, job: AnalysisJob, script: dict[str, Any]
) -> None:
    script["error"] = {"code": "refused"}
    runner.run_due()
    job.refresh_from_db()

    with pytest.raises(NotFailed):
        services.retry(by=eve, job=job)
    script["error"] = None
    script["answer"] = {"candidates": [make.candidate("Canis lupus", 0.9)]}
    services.retry(by=ann, job=job)
    runner.run_due()

    job.refresh_from_db()
    assert (job.status, job.retry_count, job.error_message) == ("completed", 1, "")


def test_a_job_that_did_not_fail_is_not_tried_again(ann: User, job: AnalysisJob) -> None:
    with pytest.raises(NotFailed):
        services.retry(by=ann, job=job)


def test_a_slow_worker_whose_job_was_taken_over_cannot_overwrite_the_result(
    job: AnalysisJob, script: dict[str, Any]
) -> None:
    slow = queue.claim()
    assert slow
    queue.release_orphans()
    script["answer"] = {"candidates": [make.candidate("Canis lupus", 0.9)]}
    runner.run_due()
    AnalysisJob.objects.filter(pk=job.pk).update(status="processing")  # as the slow worker believes

    script["answer"] = {"candidates": [make.candidate("Vulpes vulpes", 0.9)]}
    with pytest.raises(queue.ClaimLost), transaction.atomic():
        services.run(slow, job_id=job.pk)

    job.refresh_from_db()
    assert job.answer["candidates"][0]["scientific_name"] == "Canis lupus"


def test_work_for_a_photo_that_was_discarded_meanwhile_ends_quietly(
    ann: User, job: AnalysisJob, script: dict[str, Any]
) -> None:
    services.discard(by=ann, job=job)

    runner.run_due()

    assert "asked" not in script
    assert Job.objects.get().state == Job.State.DONE
