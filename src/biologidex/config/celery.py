"""The Celery app: how messages travel and what a worker may cost. Imported only by those that need it."""

import os
import signal
import ssl
import threading
from typing import Any

from celery import Celery, bootsteps, signals
from celery.apps import worker as program
from django.conf import settings
from django.core.cache import caches
from django.db import close_old_connections, connections
from kombu.entity import Queue

from biologidex.core.jobs import heartbeat, messages, registry
from biologidex.core.models import Job

ring = messages.ring  # the doorbell that settings name: whoever imports it has the app


def encryption_of(address: str) -> dict[str, Any] | None:
    """Return how to check whom an encrypted connection leads to: by itself kombu would trust anybody."""
    if not address.startswith("rediss:") or "ssl_" in address:
        return None
    return {"ssl_cert_reqs": ssl.CERT_REQUIRED, "ssl_check_hostname": True}


app = Celery("biologidex", broker=settings.BROKER_URL, fixups=[])
app.conf.update(
    # --- Messages: small, plain, never answered ---
    task_serializer="json",
    accept_content=["json"],
    task_ignore_result=True,
    task_create_missing_queues=False,
    task_queues=[Queue(lane) for lane in Job.Lane.values],
    task_default_queue=Job.Lane.BULK.value,
    timezone="UTC",
    # --- A message is done when the work is done, not when it was taken ---
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    # --- The connection: whoever is silent is given up, whoever is gone is looked for again ---
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_use_ssl=encryption_of(settings.BROKER_URL),
    broker_transport_options={
        "visibility_timeout": 2 * registry.LONGEST,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 2.0,
        "socket_timeout": 5.0,
        "socket_keepalive": True,
        "health_check_interval": 10,
    },
    # --- What is done again and again: by the scheduler itself, one at a time ---
    beat_scheduler="biologidex.core.jobs.beat:Scheduler",
    beat_schedule={
        "sweep": {"task": messages.SWEEP, "schedule": 2.0},
        "daily": {"task": messages.DAILY, "schedule": 600.0},
    },
    # --- A worker ---
    task_soft_time_limit=300,
    task_time_limit=300 + messages.KILL_AFTER,
    worker_max_memory_per_child=settings.WORKER_MEMORY_MB * 1024,
    worker_cancel_long_running_tasks_on_connection_loss=False,  # the row's lease knows better than the connection
    worker_proc_alive_timeout=30,  # a busy machine is no reason to kill a process that is just starting
    worker_hijack_root_logger=False,
    worker_redirect_stdouts=False,
)
app.set_default()


class SignOfLife(bootsteps.StartStopStep):
    """Tells from the worker's own loop that it is alive: not while it has no broker, nor when it hangs."""

    requires = {"celery.worker.consumer:Connection"}

    def start(self, consumer: Any) -> None:
        """Tell now, and then again and again."""
        heartbeat.beat(consumer.hostname)
        self._timer = consumer.timer.call_repeatedly(heartbeat.EVERY, heartbeat.beat, (consumer.hostname,))

    def stop(self, consumer: Any) -> None:  # noqa: ARG002 -- Celery passes it
        """Fall silent."""
        self._timer.cancel()


app.steps["consumer"].add(SignOfLife)


# Celery tells that it ends past all logging, in lines that are no JSON. What is done meanwhile is in the log.
program.safe_say = lambda *_: None


@signals.setup_logging.connect
def _keep_our_logging(**_: Any) -> None:
    """Say that logging is set up: Django has done it."""


@signals.worker_shutting_down.connect
def _do_not_wait_for_ever(how: str, **_: Any) -> None:
    """After SIGTERM Celery waits for the work in hand, however long it takes. Cut it off after a while.

    Its own soft shutdown would always wait as long as allowed. What is cut off runs again when its lease ends.
    """
    if how == "Warm":
        over = threading.Timer(settings.WORKER_GRACE, os.kill, (os.getpid(), signal.SIGQUIT))
        over.daemon = True
        over.start()


@signals.worker_process_init.connect
def _open_connections_anew(**_: Any) -> None:
    """Let a forked process have connections of its own: two that share one would read each other's answers."""
    connections.close_all()
    caches.close_all()


@signals.task_prerun.connect
@signals.task_postrun.connect
def _drop_dead_connections(**_: Any) -> None:
    """Do what Django does around a request: give up connections that are too old or broken."""
    close_old_connections()
