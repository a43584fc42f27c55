"""gunicorn for the streams of news: `gunicorn -c deploy/gunicorn.live.conf.py biologidex.config.asgi`.

One process, one loop: a stream is a coroutine that waits. Every number comes from the settings, which read it from
the environment (docs/configuration.md).
"""

from typing import Any

from biologidex.config import settings
from biologidex.core import metrics_folder

bind = f"{settings.HOST}:{settings.PORT}"
worker_class = "asgi"
workers = 1
worker_connections = settings.LIVE_STREAMS + 100
backlog = 512

timeout = 60  # seconds in which the loop must give a sign of life
graceful_timeout = 1  # streams do not end by themselves: browsers come again
keepalive = 75  # longer than nginx keeps a connection to us
max_requests = 0  # renewing the process would end all streams at once
asgi_lifespan = "on"

preload_app = True
worker_tmp_dir = "/dev/shm"  # noqa: S108 -- a heartbeat file: on a disk it may block
control_socket_disable = True
forwarded_allow_ips = ""  # whose word counts is decided in one place: core/proxies.py
secure_scheme_headers: dict[str, str] = {}
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
    """Let the forked process have connections of its own: two that share one would read each other's answers."""
    from django.core.cache import caches  # noqa: PLC0415 -- Django is set up by then
    from django.db import connections  # noqa: PLC0415

    connections.close_all()
    caches.close_all()


def child_exit(server: Any, worker: Any) -> None:
    """Take what the process was doing at that moment out of the metrics."""
    metrics_folder.mark_process_dead(worker.pid)
