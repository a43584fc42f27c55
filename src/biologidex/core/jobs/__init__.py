"""Background work: a row with a lease, a heartbeat and a fencing token, in the caller's own transaction.

    jobs.enqueue("vision.identify_photo", job_id=str(job.pk))      in a service
    @jobs.task("vision.identify_photo", give_up=...)               in that app's tasks.py

A killed process loses nothing: its lease runs out and another claims the row. Nothing is done twice: only the
holder of the current token may finish, in the same transaction as the effect.
"""

from biologidex.core.jobs.attending import cancel, retry
from biologidex.core.jobs.queue import Claim, ClaimLost, enqueue, forget
from biologidex.core.jobs.registry import Retry, Task, task, tasks
from biologidex.core.models import Job

Lane = Job.Lane

__all__ = [
    "Claim",
    "ClaimLost",
    "Lane",
    "Retry",
    "Task",
    "cancel",
    "enqueue",
    "forget",
    "retry",
    "task",
    "tasks",
]
