"""gunicorn of the self-hosted mode: `gunicorn -c deploy/gunicorn.conf.py biologidex.config.wsgi`.

Every number comes from the settings, which read it from the environment (docs/configuration.md).
"""

from typing import Any

from biologidex.config import settings, web_worker
from biologidex.core import metrics_folder

bind = f"{settings.HOST}:{settings.PORT}"
# Threads, because the synchronous worker keeps no connection to nginx open and one slow upload would fill it.
worker_class = web_worker.WebWorker
workers = settings.WEB_WORKERS
threads = settings.WEB_THREADS
worker_connections = 1000
backlog = 512

# statement (30 s, on the database role) < timeout < what nginx waits (65 s)
timeout = 60
graceful_timeout = 30
keepalive = 75  # longer than nginx keeps a connection to us
# A worker is renewed now and then, not all at once: what a library leaks, does not stay.
max_requests = settings.WEB_MAX_REQUESTS
max_requests_jitter = max_requests // 20

preload_app = True  # renewing a worker is a fork; new code comes with a new instance
worker_tmp_dir = "/dev/shm"  # noqa: S108 -- a heartbeat file: on a disk it may block
control_socket_disable = True
forwarded_allow_ips = ""  # whose word counts is decided in one place: core/proxies.py
secure_scheme_headers: dict[
    str, str
] = {}  # the same; whoever comes by a socket file would be believed otherwise
limit_request_line = 8190

accesslog = None  # nginx keeps it, with the same request id
logconfig_dict = {
    **settings.LOGGING,
    "loggers": {
        **settings.LOGGING["loggers"],
        "gunicorn.error": {"level": "INFO", "propagate": True, "handlers": []},
        "gunicorn.access": {"level": "WARNING", "propagate": True, "handlers": []},
    },
}


def post_fork(server: Any, worker: Any) -> None:
    """Let a forked worker have connections of its own: two that share one would read each other's answers."""
    from django.core.cache import caches  # noqa: PLC0415 -- Django is set up by then
    from django.db import connections  # noqa: PLC0415

    connections.close_all()
    caches.close_all()


def child_exit(server: Any, worker: Any) -> None:
    """Take what a worker was doing at that moment out of the metrics."""
    metrics_folder.mark_process_dead(worker.pid)
