"""One id leads from a request to everything that was done for it, in whichever process."""

import logging
import uuid
from ipaddress import ip_network
from typing import Any

import pytest
from rest_framework.test import APIClient

import make
from biologidex.accounts.models import User
from biologidex.core import jobs
from biologidex.core.jobs import runner
from biologidex.core.logging import ContextFilter, current_request_id, working_on
from biologidex.core.models import Job

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _work_waits_for_us(settings: Any) -> None:
    settings.JOBS_DOORBELL = "biologidex.core.jobs.threads.ring"
    settings.TRUSTED_PROXIES = [ip_network("127.0.0.1")]


def test_the_lines_of_a_request_and_of_its_work_carry_one_id(
    api: APIClient, ann: User, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.handler.addFilter(ContextFilter())
    caplog.set_level(logging.INFO)
    photo = make.photo(ann)
    api.force_authenticate(ann)

    answer = api.post(
        "/api/v1/vision/jobs/", {"photo": str(photo.pk)}, headers={"X-Request-ID": "a-proxy-01234"}
    )
    api.get("/api/v1/vision/jobs/")
    runner.run_due()

    job = str(Job.objects.get(name="vision.identify_photo").pk)
    lines = [(record.request_id, record.task_id, record.getMessage()) for record in caplog.records]  # type: ignore[attr-defined]
    assert (answer.status_code, answer["X-Request-ID"]) == (201, "a-proxy-01234")
    assert [line for line in lines if job in line[2]] == [
        ("a-proxy-01234", "-", f"job vision.identify_photo {job} enqueued"),
        ("a-proxy-01234", job, f"job vision.identify_photo {job} ended at attempt 1"),
    ]


def test_work_that_work_asks_for_belongs_to_the_same_request() -> None:
    with working_on(uuid.uuid4(), asked_by="a-proxy-01234"):
        jobs.enqueue("test.more")

    assert Job.objects.get().request_id == "a-proxy-01234"


def test_work_that_nobody_asked_for_has_an_id_of_its_own() -> None:
    task = uuid.uuid4()
    with working_on(task, asked_by=""):
        assert current_request_id() == f"job-{task.hex[:12]}"
