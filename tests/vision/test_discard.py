"""What happens when a photo is thrown away while something else is done with it."""

from typing import Any

import pytest

import make
from biologidex.accounts.models import User
from biologidex.core.jobs import runner
from biologidex.core.models import Job
from biologidex.dex import services as dex
from biologidex.dex.details import Details
from biologidex.dex.errors import AlreadySettled
from biologidex.media import storage
from biologidex.media.models import Photo
from biologidex.vision import services
from biologidex.vision.errors import NotFailed, Settled
from biologidex.vision.models import AnalysisJob

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _work_waits_for_us(settings: Any) -> None:
    settings.JOBS_DOORBELL = "biologidex.core.jobs.threads.ring"


def test_a_photo_discarded_between_its_arrival_and_its_identification_is_told(ann: User) -> None:
    photo = make.photo(ann)
    services.discard(by=ann, job=services.start(by=ann, photo=Photo.objects.get())[0])

    with pytest.raises(Settled, match="send it again"):
        services.start(by=ann, photo=photo)

    assert not AnalysisJob.objects.exists()


def test_discarding_a_failed_attempt_leaves_the_photo_to_the_attempt_after_it(ann: User) -> None:
    failed = make.job(ann, status="failed", completed_at=None)
    second, is_new = services.start(by=ann, photo=failed.photo)

    services.discard(by=ann, job=failed)

    assert is_new
    assert list(AnalysisJob.objects.all()) == [second]
    services.discard(by=ann, job=second)
    assert not Photo.objects.exists()


def test_what_was_read_before_it_was_filed_or_discarded_changes_nothing_any_more(ann: User) -> None:
    filed, gone = make.job(ann), make.job(ann)
    stale_filed = AnalysisJob.objects.get(pk=filed.pk)
    dex.record_find(by=ann, job=filed, taxon=make.taxon(), details=Details())
    services.discard(by=ann, job=AnalysisJob.objects.get(pk=gone.pk))

    with pytest.raises(Settled):
        services.discard(by=ann, job=stale_filed)
    with pytest.raises(Settled):
        services.discard(by=ann, job=gone)
    with pytest.raises(AlreadySettled):
        dex.record_find(by=ann, job=gone, taxon=make.taxon(), details=Details())


def test_a_failed_identification_that_was_filed_by_hand_is_not_tried_again(ann: User) -> None:
    job = make.job(ann, status="failed", completed_at=None)
    dex.record_find(by=ann, job=job, taxon=make.taxon(), details=Details())

    with pytest.raises(NotFailed):
        services.retry(by=ann, job=job)


def test_a_photo_without_its_file_is_told_at_once(ann: User) -> None:
    job, _ = services.start(by=ann, photo=make.photo(ann))
    storage.remove(job.photo_id)

    runner.run_due()

    job.refresh_from_db()
    assert (job.status, job.error_code) == ("failed", "photo_missing")
    assert "Discard it and send the photo again." in job.error_message
    assert Job.objects.get().attempts == 1


def test_a_photo_discarded_while_it_is_looked_at_ends_its_work_quietly(
    ann: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    job, _ = services.start(by=ann, photo=make.photo(ann))

    def discarded_just_now(found: AnalysisJob) -> None:
        services.discard(by=ann, job=found)

    monkeypatch.setattr(services, "_known_result", discarded_just_now)
    runner.run_due()

    assert Job.objects.get().state == Job.State.DEAD
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
    assert not AnalysisJob.objects.filter(pk=job.pk).exists()
