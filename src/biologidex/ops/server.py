"""The embedded server: pages, API and background work in one process."""

import ctypes
import fcntl
import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import waitress
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from waitress.server import BaseWSGIServer

from biologidex.core import live
from biologidex.core.jobs.threads import Workers
from biologidex.ops import whereabouts
from biologidex.ops.errors import CannotListen, FolderInUse, FolderUnusable
from biologidex.ops.refusals import Channel

log = logging.getLogger(__name__)
# More than photos may wait for (media.services.WAITING), so that somebody is left to answer everything else.
THREADS = 24
STREAMS = 24  # open pages that are told at once what is new, each by a thread of its own; others ask
CONNECTIONS = 500
MEGABYTE = 1024 * 1024
M_ARENA_MAX, M_MMAP_THRESHOLD = -8, -3  # of glibc's mallopt(3)
ARENAS = 2
LARGE = 4 * MEGABYTE


@contextmanager
def only_server_of(folder: Path) -> Iterator[None]:
    """Hold the folder's lock. The kernel lets go of it however this process ends, so it is never stale."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o750)
        file = (folder / "server.lock").open("w")
    except OSError as error:
        raise FolderUnusable(
            f"The data folder {folder} cannot be used ({error.strerror}). Set BIOLOGIDEX_DATA_DIR."
        ) from error
    with file as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise FolderInUse(
                f"Another server is running on {folder}. Stop it, or set BIOLOGIDEX_DATA_DIR."
            ) from error
        yield


def reserve() -> list[socket.socket]:
    """Take HOST and PORT, so that one who cannot have them is told before any long work. Nobody is let in yet."""
    taken: list[socket.socket] = []
    try:
        for family, kind, _, _, address in socket.getaddrinfo(
            settings.HOST, settings.PORT, type=socket.SOCK_STREAM
        ):
            taken.append(one := socket.socket(family, kind))
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            one.bind(address)
    except socket.gaierror as error:  # the name of a host that nobody knows
        raise CannotListen(f"Cannot listen on {settings.HOST}. Set BIOLOGIDEX_HOST to an address.") from error
    except OSError as error:
        where = f"{settings.HOST}:{settings.PORT}"
        raise CannotListen(
            f"Cannot listen on {where} ({error.strerror}). Set PORT or BIOLOGIDEX_HOST to another one."
        ) from error
    return taken


def serve(application: WSGIHandler, *, sockets: list[socket.socket], on_ready: Callable[[], object]) -> None:
    """Serve on the reserved sockets until interrupted, then let the work in hand end.

    `on_ready` is called once connections are accepted.
    """
    _share_memory()
    server = _listen(application, sockets)
    workers = Workers(settings.JOBS_THREADS)
    workers.start()
    live.open_room(STREAMS)
    on_ready()
    try:
        with whereabouts.left():
            server.run()
    finally:
        live.close_room()
        workers.stop(patience=10)
        server.close()


def _share_memory() -> None:
    """Let all threads take memory from two pools, and give large pieces back as soon as they are free.

    By default each thread keeps a pool of its own, and what was large once (a password being hashed takes 19 MB)
    stays in it: after a minute of 100 people that made 570 MB, and makes 300 MB so.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # glibc has it; other C libraries need it less
    if mallopt:
        mallopt(M_ARENA_MAX, ARENAS)
        mallopt(M_MMAP_THRESHOLD, LARGE)


def _listen(application: WSGIHandler, sockets: list[socket.socket]) -> Any:
    """Let people in. Waitress takes a whole request before a thread handles it, so slow phones hold no thread.

    It takes more than MAX_UPLOAD_MB, so that the application can tell a person that a photo is too large.
    """
    listening: dict[int, Any] = {}
    server = waitress.create_server(
        application,
        map=listening,
        sockets=sockets,
        threads=THREADS + STREAMS,
        connection_limit=CONNECTIONS,
        channel_timeout=60,
        max_request_body_size=4 * settings.MAX_UPLOAD_MB * MEGABYTE,
        ident=None,
        clear_untrusted_proxy_headers=False,  # whose word counts is decided in one place: core/proxies.py
    )
    for one in listening.values():
        if isinstance(one, BaseWSGIServer):
            one.channel_class = Channel
    return server
