"""What somebody of the staff does to a job by hand."""

import uuid
from functools import partial

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from biologidex.core import audit, identity
from biologidex.core.errors import Conflict, NotFound
from biologidex.core.jobs.queue import Claim
from biologidex.core.jobs.registry import tasks
from biologidex.core.models import Job

State = Job.State


@transaction.atomic
def retry(*, by: audit.Actor, job_id: uuid.UUID, reason: str) -> None:
    """Let a job that was given up, or that waits for its next try, be tried now, with all its attempts."""
    audit.refuse_others(by)
    job = _locked(job_id)
    if job.state not in {State.DEAD, State.QUEUED}:
        raise Conflict(_("Only what waits or was given up can be tried again."))
    now = timezone.now()
    job.state, job.attempts, job.error, job.finished_at = State.QUEUED, 0, "", None
    job.run_after = job.rung_at = now
    job.token = job.lease_until = None
    job.save()
    _note(by, "job.retry", job, reason)
    transaction.on_commit(partial(import_string(settings.JOBS_DOORBELL), job))


@transaction.atomic
def cancel(*, by: audit.Actor, job_id: uuid.UUID, reason: str) -> None:
    """Give a job up that nobody has in hand. Whoever waits for it is told, as after its last attempt."""
    audit.refuse_others(by)
    job = _locked(job_id)
    if job.state != State.QUEUED:
        raise Conflict(_("Only what waits can be cancelled."))
    job.state, job.token, job.lease_until = State.RUNNING, uuid.uuid4(), timezone.now() + settings.JOBS_LEASE
    job.save(update_fields=["state", "token", "lease_until"])
    claim, task = Claim(job), tasks.get(job.name)
    with identity.everything():
        if task and task.give_up:
            task.give_up(claim, "cancelled", **job.arguments)
    if not claim.is_finished():
        claim.bury(reason="cancelled")
    _note(by, "job.cancel", job, reason)


def _locked(job_id: uuid.UUID) -> Job:
    job = Job.objects.select_for_update().filter(pk=job_id).first()
    if job is None:
        raise NotFound(_("There is no such job."))
    return job


def _note(by: audit.Actor, action: str, job: Job, reason: str) -> None:
    audit.record(by=by, action=action, kind="job", pk=job.pk, target=job.name, reason=reason)
