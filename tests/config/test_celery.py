"""What the Celery app promises: messages that are safe to lose, connections that check whom they talk to."""

import ssl

import pytest

from biologidex.config import celery
from biologidex.core import jobs
from biologidex.core.jobs import messages

conf = celery.app.conf


def test_a_message_stays_away_longer_than_any_work_may_take() -> None:
    longest = max(task.seconds for task in jobs.tasks.values()) + messages.KILL_AFTER

    assert conf.broker_transport_options["visibility_timeout"] > longest
    assert conf.task_time_limit > conf.task_soft_time_limit


def test_a_message_is_done_when_the_work_is_and_waits_in_nobodys_pocket() -> None:
    assert conf.task_acks_late
    assert conf.task_reject_on_worker_lost
    assert conf.worker_prefetch_multiplier == 1


def test_messages_are_plain_and_answers_are_not_kept() -> None:
    assert (conf.task_serializer, conf.accept_content) == ("json", ["json"])
    assert conf.task_ignore_result
    assert celery.app.backend.as_uri() == "disabled://"


def test_there_is_a_queue_for_each_lane_and_no_other() -> None:
    assert set(celery.app.amqp.queues) == set(jobs.Lane.values)


def test_what_is_scheduled_is_known_to_the_scheduler() -> None:
    assert {entry["task"] for entry in conf.beat_schedule.values()} <= set(celery.app.tasks)


@pytest.mark.parametrize(
    ("address", "checks"),
    [
        ("rediss://broker:secret@redis.example/0", True),
        ("rediss://broker:secret@redis.example/0?ssl_ca_certs=/etc/ca.pem", True),
        ("redis://broker:secret@redis.example/0", None),
    ],
)
def test_an_encrypted_connection_checks_whom_it_talks_to(address: str, checks: bool | None) -> None:
    with celery.app.connection(address, ssl=celery.encryption_of(address)) as connection:
        told = connection.ssl

    assert (told.get("ssl_cert_reqs", ssl.CERT_REQUIRED) == ssl.CERT_REQUIRED if told else None) == checks
